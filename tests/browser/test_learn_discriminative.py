"""The two models of Learn's second chapter, which the browser fits: they are scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression

from pages.learn.discriminative import example_points
from tests.browser.driving import settled

pytestmark = pytest.mark.browser

START = (0.4, 0.4)  # where the question mark is at first
MIN_VARIANCE = 0.02  # as in models.js


def log_joint(points: np.ndarray, labels: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return log p(x, y) of both classes at a point: (2,)."""
    found = []
    for label in (0, 1):
        own = points[labels == label]
        covariance = np.cov(own.T, bias=True) + MIN_VARIANCE * np.eye(2)
        off = at - own.mean(axis=0)
        area = 2.0 * np.pi * np.sqrt(np.linalg.det(covariance))
        log_normal = -0.5 * off @ np.linalg.solve(covariance, off) - np.log(area)
        found.append(np.log(len(own) / len(points)) + log_normal)
    return np.array(found)


def test_both_answers_follow_the_question_mark(page: Page, server: tuple[str, int]) -> None:
    points, labels = example_points()
    points = points.round(3)
    page.goto(f"{server[0]}/learn?chapter=discriminative")
    settled(page)
    figure = page.locator(".st-key-learn-two-models .figure")
    left, right = (figure.locator(".said").nth(index) for index in range(2))
    boundary = LogisticRegression(C=1.0, tol=1e-8).fit(points, labels)
    sure = 100 * boundary.predict_proba([START])[0].max()
    expect(left).to_contain_text(f"{sure:.1f} %")
    joint = log_joint(points, labels, np.array(START))
    expect(right).to_contain_text(f"{100 * np.exp(joint.max() - logsumexp(joint)):.1f} %")
    expect(right).to_contain_text(f"p(x) = {np.exp(logsumexp(joint)):.3f}")

    figure.get_by_role("button", name="Far away").click()
    expect(left).to_contain_text("cat, over 99.99 %")
    expect(right).to_contain_text("It has never seen such a thing.")

    figure.get_by_role("button", name="Sample 50").click()
    expect(figure.locator(".plane .new")).to_have_count(50)
    figure.get_by_role("button", name="Call the ? a dog").click()
    expect(right).to_contain_text("of 61 points")
    expect(right).not_to_contain_text("never seen")
    figure.get_by_role("button", name="Start over").click()
    expect(left).to_contain_text(f"{sure:.1f} %")
    expect(figure.locator(".plane .new")).to_have_count(0)

    snout = figure.get_by_role("slider", name="snout")
    snout.focus()
    snout.press("Home")
    assert boundary.predict_proba([(-6.0, START[1])])[0, 0] > 0.9999
    expect(left).to_contain_text("cat, over 99.99 %")
