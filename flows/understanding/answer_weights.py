"""Weights of the features of flows/understanding/unit_index.py, set by `python -m tests.answers.weights`."""

from collections.abc import Mapping

WEIGHTS: Mapping[str, float] = {
    "alike": 0.61,
    "fact": 0.69,
    "held": 1.64,
    "kind": 1.22,
    "kind like": 0.19,
    "likely": 0.02,
    "missing": -0.54,
    "near": 2.75,
    "none": 1.01,
    "none alike": 0.07,
    "none decides": 0.48,
    "none known": 0.77,
    "none likely": 0.01,
    "none near": 0.78,
    "place like": 0.27,
    "second": 0.78,
    "shared": -1.24,
    "sign": 0.33,
    "unasked": -1.81,
}
