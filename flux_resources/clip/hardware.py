"""Which device and number format a model runs in."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

# open_clip's words for whole-model precision. Mixed precision keeps float32 weights and casts
# them at every call, which on a CPU costs more than it saves.
OPEN_CLIP_PRECISION = {"fp32": "fp32", "bf16": "pure_bf16", "fp16": "pure_fp16"}


def choose_device(wanted: str) -> str:
    """`auto` takes CUDA, then Apple's MPS, then the CPU."""
    import torch

    if wanted != "auto":
        return wanted
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def choose_precision(wanted: str, device: str) -> str:
    """`auto` takes the fastest format that the device computes natively."""
    import torch

    if wanted != "auto":
        return wanted
    if device.startswith("cuda"):
        return "bf16" if torch.cuda.is_bf16_supported() else "fp16"
    if device.startswith("mps"):
        return "fp16"
    capabilities = torch.cpu.get_capabilities()
    native = capabilities.get("avx512_bf16") or capabilities.get("amx_bf16")
    return "bf16" if native else "fp32"


def torch_dtype(precision: str) -> "torch.dtype":
    """The dtype of weights and inputs; an unknown precision is a KeyError."""
    import torch

    return {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}[precision]
