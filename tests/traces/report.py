# SPDX-License-Identifier: Apache-2.0
"""Collects what failed: row, quantity, found, expected."""
import math


class Report:
    def __init__(self):
        self.checked = 0
        self.failures = []

    def note(self, good, row, what, found, expected):
        self.checked += 1
        if not good:
            self.failures.append(f"{row}: {what}: found {found}, expected {expected}")

    def exact(self, row, what, found, expected):
        """Times to the microsecond, counts, lists, or None for `never`."""
        pairs = list(zip(found, expected)) if isinstance(expected, list) else [(found, expected)]
        good = not isinstance(expected, list) or len(found) == len(expected)
        for f, e in pairs:
            good = good and (f is e if f is None or e is None else abs(f - e) < 5e-7)
        self.note(good, row, what, found, expected)

    def count(self, row, what, found, mean, variance=None):
        """A random count: four standard errors."""
        tolerance = 4 * math.sqrt(mean if variance is None else variance)
        self.note(abs(found - mean) <= tolerance, row, what, found, f"{mean:.6g} +- {tolerance:.3g}")

    def mean(self, row, what, values, mean, variance):
        """The mean of independent runs whose single variance is known: four standard errors."""
        found = sum(values) / len(values)
        tolerance = 4 * math.sqrt(variance / len(values)) + 1e-6
        self.note(abs(found - mean) <= tolerance, row, f"mean of {what} over {len(values)} runs", f"{found:.6g}",
                  f"{mean:.6g} +- {tolerance:.3g}")

    def within(self, row, what, values, low, high):
        good = all(low - 5e-7 <= v < high + 5e-7 for v in values)
        self.note(good, row, f"range of {what}", f"{min(values):.6f} to {max(values):.6f}", f"in [{low:g}, {high:g})")

    def uniform(self, row, what, values, low, high):
        """Ten classes alike: chi-squared with 9 degrees of freedom below 40.5 (one in 160,000 exceeds it, as with 4.5 errors)."""
        classes = [0] * 10
        for v in values:
            classes[min(9, max(0, int(10 * (v - low) / (high - low))))] += 1
        share = len(values) / 10
        chi = sum((c - share) ** 2 / share for c in classes)
        self.note(chi < 40.5, row, f"chi-squared of {what}", f"{chi:.1f} {classes}", f"uniform on [{low:g}, {high:g})")

    def finish(self):
        for failure in self.failures:
            print(failure)
        print(f"{self.checked} checks, {len(self.failures)} failures")
        return 1 if self.failures else 0
