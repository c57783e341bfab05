"""Weights of the features of flows/understanding/unit_index.py, set by `python -m tests.answers.weights`."""

from collections.abc import Mapping

WEIGHTS: Mapping[str, float] = {
    "alike": 0.43,
    "fact": 0.75,
    "held": 0.15,
    "kind": 1.47,
    "kind like": 0.27,
    "likely": 0.64,
    "missing": -0.57,
    "near": 2.65,
    "none": 1.44,
    "none alike": -0.17,
    "none decides": 1.36,
    "none known": -0.30,
    "none likely": 0.63,
    "none near": 0.24,
    "place like": 0.29,
    "second": 1.04,
    "shared": -1.82,
    "sign": 0.38,
    "unasked": -3.11,
}
