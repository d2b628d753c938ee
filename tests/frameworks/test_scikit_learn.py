"""Within `hp.parallel`, scikit-learn gives the same results with any number of jobs."""

import numpy as np
import pytest

pytest.importorskip("sklearn")

from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score

import hyperparameter as hp


class ScopedClassifier(ClassifierMixin, BaseEstimator):
    """A classifier whose regularisation and labels are parameters of the scope."""

    def __init__(self, shift=0.0):
        self.shift = shift

    def fit(self, x, y):
        self.classes_ = np.unique(y)
        strength = (hp.scope.model.strength | 1.0) + self.shift
        self.model_ = LogisticRegression(C=strength, max_iter=300).fit(x, y)
        return self

    def predict(self, x):
        return np.minimum(self.model_.predict(x), hp.scope.model.highest | 9)


X, Y = load_iris(return_X_y=True)


@pytest.mark.parametrize("values", [{"strength": 1e-4}, {"highest": 0}, {"highest": 1, "strength": 10.0}])
def test_cross_val_score_with_two_jobs_is_the_same_as_with_one(values):
    with hp.parallel(), hp.scope(model=values):
        one, two = (cross_val_score(ScopedClassifier(), X, Y, n_jobs=jobs) for jobs in (1, 2))
    assert one.tolist() == two.tolist()
    assert one.mean() < 0.96 or "highest" not in values


def test_a_grid_search_is_the_same_with_two_jobs():
    grid = {"shift": [0.0, 1.0]}
    with hp.parallel(), hp.scope(model={"strength": 1e-4, "highest": 1}):
        one, two = (
            GridSearchCV(ScopedClassifier(), grid, n_jobs=jobs)
            .fit(X, Y)
            .cv_results_["mean_test_score"]
            .tolist()
            for jobs in (1, 2)
        )
    assert one == two


def test_an_ensemble_and_a_forest_see_the_view():
    with hp.parallel(), hp.scope(model={"highest": 0}):
        voting = VotingClassifier([("a", ScopedClassifier()), ("b", ScopedClassifier(1.0))], n_jobs=2).fit(X, Y)
        assert set(voting.predict(X)) == {0}
        assert RandomForestClassifier(10, n_jobs=2, random_state=0).fit(X, Y).score(X, Y) > 0.9
