"""Phase 6: what was kept, a model of the photographer's taste, and its scores."""

from functools import partial

import dagster as dg
import polars as pl

from flux_assets.dagster_support import columns_of, day_asset, record_day, whole_asset
from flux_assets.imaging.assets import proxies, quality
from flux_assets.imaging.proxies import PROXIES
from flux_assets.keepers.keeper_decisions import labels_said
from flux_assets.keepers.taste.augmentation import choose_augmented
from flux_assets.keepers.taste.augmented_vectors import (
    AUGMENTED_VECTORS,
    AugmentedVectors,
    refresh_augmented,
)
from flux_assets.keepers.taste.challenge import keep_version
from flux_assets.keepers.taste.keeper_labels import (
    KEEPER_LABELS,
    KEEPER_LABELS_VERSION,
    KeeperLabels,
    keeper_files,
    keeper_labels_version,
    label_session,
)
from flux_assets.keepers.taste.keeper_scores import (
    KEEPER_SCORES,
    KEEPER_SCORES_VERSION,
    KeeperScores,
    Scorer,
)
from flux_assets.keepers.taste.label_inputs import of_keeper_labels, of_training_set
from flux_assets.keepers.taste.model_card import card_in_one
from flux_assets.keepers.taste.model_inputs import of_keeper_model, of_keeper_scores, with_vectors
from flux_assets.keepers.taste.retraining import retraining
from flux_assets.keepers.taste.training import too_little, train
from flux_assets.keepers.taste.training_set import (
    TRAINING_SET,
    TRAINING_SET_VERSION,
    TrainingSet,
    build_training_set,
    count_splits,
)
from flux_assets.keepers.taste.versions import ModelStore, open_models
from flux_assets.metadata.assets import capture_times, exif
from flux_assets.refresh import refresh_day
from flux_assets.vision.assets import bursts, duplicates, embeddings, keeper_verification
from flux_assets.vision.bursts import as_one_day
from flux_assets.vision.duplicates import DUPLICATES, Duplicates
from flux_assets.vision.keeper_verification import KEEPER_VERIFICATION, KeeperVerification
from flux_resources.data_root import DataRoot
from flux_resources.resources import ArchiveResource, ClipResource

GROUP = "phase_6_keepers"


class TrainConfig(dg.Config):
    """Set `train_now` to train though few labels have changed."""

    train_now: bool = False


@day_asset(
    group_name=GROUP,
    kinds={"python", "parquet"},
    deps=[capture_times, embeddings, keeper_verification],
    metadata=columns_of(KeeperLabels),
    code_version=KEEPER_LABELS_VERSION,
)
def keeper_labels(
    context: dg.AssetExecutionContext, archive: ArchiveResource, clip: ClipResource
) -> None:
    """What was kept, by keeper files and by people, and how near the rest of a session came."""
    opened = archive.open()
    tables, settings, vectors = opened.tables, opened.settings.keeper_labels, clip.vectors(opened)
    files = keeper_files(tables.read(KEEPER_VERIFICATION, KeeperVerification))
    said = labels_said(opened.decisions.standing("keeper"))

    def compute(todo: pl.DataFrame, *, day: str, read: pl.DataFrame) -> pl.DataFrame:
        looks = vectors.rows([day]).select("photo_id", "vector")
        session = read.join(looks, on="photo_id", how="left")
        return label_session(session, settings=settings).join(todo, on="photo_id", how="semi")

    for day in context.partition_keys:
        read = as_one_day(of_keeper_labels(tables, day, files, said))
        report = refresh_day(
            tables,
            KEEPER_LABELS,
            day,
            inputs=read,
            version=keeper_labels_version(settings),
            compute=partial(compute, day=day, read=read),
        )
        rows = tables.read_day(KEEPER_LABELS.name, day, KeeperLabels)
        record_day(context, report, keepers=int(rows["keeper"].sum()))


@whole_asset(
    group_name=GROUP,
    kinds={"polars", "parquet"},
    deps=[keeper_labels, bursts, duplicates],
    metadata=columns_of(TrainingSet),
    code_version=TRAINING_SET_VERSION,
)
def training_set(archive: ArchiveResource) -> dg.MaterializeResult[None]:
    """Labelled photographs, what each counts, and splits that no session straddles."""
    opened = archive.open()
    tables = opened.tables
    labelled = build_training_set(
        of_training_set(tables),
        tables.read(DUPLICATES, Duplicates),
        tables.read(TRAINING_SET, TrainingSet),
        settings=opened.settings.keeper_labels,
    )
    tables.write(TRAINING_SET, labelled.rows, TrainingSet)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": labelled.rows.height,
            "keepers": int(labelled.rows["keeper"].sum()),
            "left_out": labelled.left_out,
            "splits": dg.MetadataValue.json(count_splits(labelled.rows).to_dicts()),
        }
    )


@whole_asset(
    group_name=GROUP,
    kinds={"python", "lightgbm"},
    deps=[training_set, proxies, quality, exif, embeddings],
    code_version="1",
)
def keeper_model(
    context: dg.AssetExecutionContext,
    archive: ArchiveResource,
    clip: ClipResource,
    config: TrainConfig,
) -> dg.MaterializeResult[None]:
    """Learns what this photographer keeps; a new version is used only if it beats the last."""
    opened = archive.open()
    settings, models = opened.settings.keeper_model, open_models(opened)
    vectors = clip.vectors(opened)
    training = opened.tables.read(TRAINING_SET, TrainingSet)
    asked = retraining(training, models, settings=settings, table=vectors.table_name)
    context.log.info(asked.reason)
    wanted = config.train_now and too_little(training, settings) is None
    if not (asked.due or wanted):
        return dg.MaterializeResult(
            metadata={"trained": False, "reason": asked.reason, "in_use": _in_use(models)}
        )
    altered = _altered_copies(opened, clip, training)
    known, stored = with_vectors(of_keeper_model(opened.tables, training), vectors)
    trained = train(known, stored, training, settings=settings, augmented=altered)
    version = keep_version(trained, known, stored, training, store=models, table=vectors.table_name)
    return dg.MaterializeResult(
        metadata={
            "trained": True,
            "version": version.name,
            "promoted": version.promoted,
            "reason": version.reason,
            "in_use": _in_use(models),
            "average_precision": version.average_precision,
            "card": dg.MetadataValue.md(card_in_one(models, version)),
        }
    )


def _in_use(models: ModelStore) -> str:
    current = models.current()
    return current.name if current else "none"


def _altered_copies(archive: DataRoot, clip: ClipResource, training: pl.DataFrame) -> pl.DataFrame:
    """Vectors of altered copies of what is trained on, brought up to date."""
    vision, tables = archive.settings.vision, archive.tables
    copies = tables.scan(PROXIES.name, PROXIES.schema).select(
        "photo_id", "proxy_path", "fingerprint"
    )
    wanted = choose_augmented(training).lazy().join(copies, on="photo_id", how="inner").collect()
    return refresh_augmented(
        wanted,
        tables.read(AUGMENTED_VECTORS, AugmentedVectors),
        variants=archive.settings.keeper_labels.augmented_variants,
        paths=archive.paths,
        model=clip.table(vision),
        version=clip.version(vision),
        embedder=partial(clip.embedder, vision),
        save=lambda rows: tables.write(AUGMENTED_VECTORS, rows, AugmentedVectors),
    ).rows


@day_asset(
    group_name=GROUP,
    kinds={"lightgbm", "parquet"},
    deps=[keeper_labels, keeper_model, bursts],
    metadata=columns_of(KeeperScores),
    code_version=KEEPER_SCORES_VERSION,
)
def keeper_scores(
    context: dg.AssetExecutionContext, archive: ArchiveResource, clip: ClipResource
) -> None:
    """How much each photograph looks like a keeper, by the model in use; 1 for keepers."""
    opened = archive.open()
    scorer = Scorer(open_models(opened), clip.vectors(opened))

    def compute(todo: pl.DataFrame, *, read: pl.DataFrame) -> pl.DataFrame:
        return scorer.score_session(read).join(todo, on="photo_id", how="semi")

    for day in context.partition_keys:
        read = of_keeper_scores(opened.tables, day)
        report = refresh_day(
            opened.tables,
            KEEPER_SCORES,
            day,
            inputs=read,
            version=scorer.fingerprint,
            compute=partial(compute, read=read),
        )
        record_day(context, report)
