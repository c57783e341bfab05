"""Weights of the features of flows/understanding/unit_index.py, set by `python -m tests.answers.weights`."""

from collections.abc import Mapping

WEIGHTS: Mapping[str, float] = {
    "alike": 0.60,
    "fact": 0.69,
    "held": 1.76,
    "kind": 1.21,
    "kind like": 0.20,
    "likely": 0.02,
    "missing": -0.53,
    "near": 2.75,
    "none": 1.02,
    "none alike": 0.06,
    "none decides": 0.48,
    "none known": 0.80,
    "none likely": 0.01,
    "none near": 0.79,
    "place like": 0.26,
    "second": 0.77,
    "shared": -1.29,
    "sign": 0.32,
    "unasked": -2.17,
}
