"""`keeper_verification`: the final word on the originals of keepers. Phase 5; whole archive.

The fourth rung is the look: it only sees what time, name and content left, and among their
candidates where they left several. Matches by time or name are checked against the pictures.
The same content needs no look, and what a person said outranks everything.
"""

import dataframely as dy
import polars as pl

from flux_assets.keepers.matching.keeper_matches import NAME_REPEATS
from flux_assets.keepers.matching.match_candidates import MOST
from flux_assets.vision.keeper_candidates import rank_candidates
from flux_assets.vision.keeper_neighbours import VectorsOfDays, find_alike
from flux_assets.vision.keeper_verdicts import (
    LEFT_SEVERAL,
    of_another_time,
    of_look,
    of_people,
    settle,
    unsure,
)
from flux_assets.vision.look_alikes import Closely, clear_winners, refused_matches
from flux_resources.settings_sections import KeeperMatchSettings

KEEPER_VERIFICATION = "keeper_verification"
KEEPER_VERIFICATION_VERSION = "1"


class KeeperVerification(dy.Schema):
    """Grain: file of the KEEPERS tree, as in `KeeperMatches`."""

    keeper_path = dy.String(primary_key=True, description="Relative to the data root.")
    sha256 = dy.String(nullable=True, description="Digest; null: it cannot be read.")
    photo_id = dy.String(nullable=True, description="The original; null: there is none, or unsure.")
    rung = dy.Int8(
        nullable=True, min=1, max=4, description="1 time, 2 name, 3 content, 4 look; null: other."
    )
    confidence = dy.Float64(
        nullable=True, min=0, max=1, description="How strong the evidence is; 1 is proof."
    )
    edited = dy.Bool(nullable=True, description="Whether the bytes differ from the original's.")
    clock_offset_s = dy.Int32(
        nullable=True,
        description="Seconds by which its session's clock was ahead; null: none was applied.",
    )
    candidates = dy.List(
        dy.String(), description="photo_ids that may be the original, the best first, at most 12."
    )
    scores = dy.List(
        dy.Float32(nullable=True), description="Cosine of each candidate; null: not compared."
    )
    similarity = dy.Float32(
        nullable=True, description="Cosine of keeper and original; null: not compared."
    )
    hash_distance = dy.UInt8(
        nullable=True, max=64, description="Bits of 64 in which their hashes differ; null likewise."
    )
    decided = dy.Bool(description="A person said so.")
    review = dy.String(nullable=True, description="Why a person must look; null: settled.")


def compare_looks(
    matches: pl.DataFrame,
    photographs: pl.DataFrame,
    looks: pl.DataFrame,
    *,
    vectors: VectorsOfDays,
) -> pl.DataFrame:
    """`sha256, photo_id, cosine, distance, one_flat` of keepers and photographs, see `look_alikes`.

    Every look is compared with its match, its candidates, and the photographs most like it.

    Args:
        matches: `KeeperMatches`.
        photographs: see `keeper_inputs.of_verification`.
        looks: `KeeperLooks`.
        vectors: given days, `photo_id, vector`; `VectorStore.rows`.
    """
    wanted = (
        matches.select("sha256", photo_id=pl.concat_list("candidates", "photo_id"))
        .explode("photo_id")
        .drop_nulls()
        .join(looks, on="sha256", how="semi")
        .unique(maintain_order=True)
    )
    alike = find_alike(looks, _standing(photographs), wanted, vectors=vectors, most=MOST)
    pairs = pl.concat([alike, wanted.with_columns(cosine=pl.lit(None, pl.Float32))])
    flat, flat_of_photo = (pl.col(name).fill_null(False) for name in ("flat", "flat_of_photo"))
    bits = (pl.col("phash") ^ pl.col("phash_of_photo")).bitwise_count_ones().cast(pl.UInt8)
    return (
        pairs.unique(["sha256", "photo_id"], keep="first", maintain_order=True)
        .join(looks.select("sha256", "phash", "flat"), on="sha256")
        .join(
            photographs.select("photo_id", phash_of_photo="phash", flat_of_photo="flat"),
            on="photo_id",
        )
        .select(
            *("sha256", "photo_id", "cosine"),
            pl.when(~flat & ~flat_of_photo).then(bits).alias("distance"),
            (flat != flat_of_photo).alias("one_flat"),
        )
    )


def _standing(photographs: pl.DataFrame) -> pl.DataFrame:
    """One row per shutter press: of RAW and JPEG the JPEG, or else the first."""
    press = pl.coalesce("pair_id", "photo_id")
    return photographs.sort(pl.col("photo_id") != press, "photo_id").filter(
        press.is_first_distinct()
    )


def verify_keepers(
    matches: pl.DataFrame,
    photographs: pl.DataFrame,
    looks: pl.DataFrame,
    pairs: pl.DataFrame,
    *,
    said: pl.DataFrame,
    settings: KeeperMatchSettings,
    closely: Closely,
) -> pl.DataFrame:
    """The rows of `KeeperVerification`, one per row of `matches`, by path.

    Args:
        matches: `KeeperMatches`.
        photographs: `photo_id, sha256, captured_at` of the whole archive.
        looks: `KeeperLooks`.
        pairs: see `compare_looks`.
        said: see `keeper_decisions.originals_said`.
        settings: from where on pictures differ, or are alike.
        closely: see `close_look.look_closely`.
    """
    rows = (
        matches.sort("keeper_path")
        .with_row_index("k")
        .join(said, on="sha256", how="left", maintain_order="left")
        .join(
            looks.select("sha256", "captured_at", blind="error"),
            on="sha256",
            how="left",
            maintain_order="left",
        )
    )
    unsaid = rows.filter(pl.col("none").is_null())
    open_rows = unsaid.filter(pl.col("photo_id").is_null())
    matched = unsaid.filter(pl.col("photo_id").is_not_null() & pl.col("edited"))
    refused = refused_matches(
        matched.select("k", "sha256", "photo_id").join(pairs, on=["sha256", "photo_id"]),
        pairs,
        settings=settings,
        closely=closely,
    )
    options = _options(open_rows, pairs)
    won = clear_winners(options, settings=settings, closely=closely)
    apart = of_another_time(won, rows, photographs, settings)
    verdicts = [
        of_people(rows),
        refused,
        apart,
        of_look(won),
        unsure(open_rows, options, settings),
    ]
    settled = settle(rows, pl.concat(verdicts, how="diagonal_relaxed"), photographs)
    return (
        settled.join(pairs, on=["sha256", "photo_id"], how="left", maintain_order="left")
        .join(rank_candidates(settled, pairs), on="k", how="left", maintain_order="left")
        .with_columns(
            pl.col("scores").fill_null([]),
            candidates=pl.col("ranked").fill_null([]),
            similarity=pl.col("cosine"),
            hash_distance=pl.col("distance"),
        )
        .select(pl.col(name).cast(kind) for name, kind in _types().items())
    )


def _types() -> dict[str, pl.DataType]:
    return {name: column.dtype for name, column in KeeperVerification.columns().items()}


def _options(left: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """`k`, the columns of `pairs` and `named`: what rows without a match may be.

    Where time or name left several photographs it is one of these. Names repeat so often that
    more may bear one than there are candidates; then all photographs count again.
    """
    count = pl.col("candidates").list.len()
    cut_off = (pl.col("review") == NAME_REPEATS) & (count >= MOST)
    named = pl.col("review").is_in(LEFT_SEVERAL) & (count > 0) & ~cut_off
    return (
        left.select("k", "sha256", "candidates", named.alias("named"))
        .join(pairs, on="sha256")
        .filter(~pl.col("named") | pl.col("candidates").list.contains(pl.col("photo_id")))
        .drop("candidates")
    )
