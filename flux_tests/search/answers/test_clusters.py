import numpy as np

from flux_assets.search.answers.clusters import cluster_looks
from flux_tests.search.answers.made import around

EYE = np.eye(16)
FIVE = np.vstack([around(EYE[n], 10 * (n + 1), spread=0.05, seed=n) for n in range(5)])
TRUTH = np.repeat(np.arange(5), [10, 20, 30, 40, 50])


def test_the_number_of_looks_is_found() -> None:
    looks = cluster_looks(FIVE, most=12)
    assert len(looks.centroids) == 5
    assert len(set(zip(TRUTH.tolist(), looks.labels.tolist(), strict=True))) == 5


def test_the_largest_look_comes_first_and_centroids_have_unit_length() -> None:
    looks = cluster_looks(FIVE, most=12)
    assert np.bincount(looks.labels).tolist() == [50, 40, 30, 20, 10]
    assert np.allclose(np.linalg.norm(looks.centroids, axis=1), 1, atol=1e-5)
    assert (FIVE @ looks.centroids.T).argmax(axis=1).tolist() == looks.labels.tolist()


def test_the_same_pictures_give_the_same_looks() -> None:
    assert np.array_equal(cluster_looks(FIVE, most=12).labels, cluster_looks(FIVE, most=12).labels)


def test_no_more_looks_are_made_than_asked_for() -> None:
    assert len(cluster_looks(FIVE, most=3).centroids) == 3


def test_a_large_place_is_grouped_as_its_sample_is() -> None:
    large = np.vstack([around(EYE[n], 1500, spread=0.05, seed=n) for n in range(3)])
    looks = cluster_looks(large, most=3)
    assert np.bincount(looks.labels).tolist() == [1500, 1500, 1500]


def test_few_or_equal_pictures_are_one_look() -> None:
    assert len(cluster_looks(FIVE[:3], most=12).centroids) == 1
    assert len(cluster_looks(np.repeat(FIVE[:1], 30, axis=0), most=12).centroids) == 1
    assert cluster_looks(FIVE[:0], most=12).labels.size == 0
