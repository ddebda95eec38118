"""Two drawings of how well a model knows what it knows: sure against right, and answered against right."""

from collections.abc import Sequence

from commonhold.records.score import Calibration, Interval

SIZE = 220
LEFT, RIGHT, TOP, BOTTOM = 34, 8, 8, 34


def calibration_plot(base: Calibration | None, tuned: Calibration | None) -> str:
    """Each dot: answers about which a model was equally sure, and the share of them that was right."""
    marks = [f'<line class="zero" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>']
    for side, found in (("base", base), ("tuned", tuned)):
        for each in found.bins if found else ():
            marks.append(_bar(side, each.confidence, each.interval))
            marks.append(f'<circle class="{side}" cx="{_x(each.confidence)}" cy="{_y(each.right)}" r="4"/>')
    return _frame("how sure the model was", "right", "calibration of base and tuned model", marks)


def abstention_plot(base: Calibration | None, tuned: Calibration | None) -> str:
    """Each point: what share of the questions is answered at a threshold, and what share of the answers is right."""
    marks = []
    for side, found in (("base", base), ("tuned", tuned)):
        points = found.abstention if found else ()
        if points:
            marks.append(_line(side, [(point.answered, point.right) for point in points]))
            marks += [_bar(side, point.answered, point.interval, faint=True) for point in points[:: _every(points)]]
    return _frame("answered", "right", "share right by share answered, base and tuned model", marks)


def _every(points: Sequence[object]) -> int:
    return max(1, len(points) // 5)


def _line(side: str, places: Sequence[tuple[float, float]]) -> str:
    where = " ".join(f"{_x(across)},{_y(up)}" for across, up in places)
    return f'<polyline class="{side} path" points="{where}"/>'


def _bar(side: str, across: float, interval: Interval, *, faint: bool = False) -> str:
    kind = f"{side} faint" if faint else side
    low, high = _y(interval.low), _y(interval.high)
    return f'<line class="{kind}" x1="{_x(across)}" x2="{_x(across)}" y1="{low}" y2="{high}"/>'


def _frame(across: str, up: str, label: str, marks: Sequence[str]) -> str:
    """A square from 0 to 100 % with its marks, named at both axes."""
    lines = "".join(
        f'<line class="tick" x1="{_x(share)}" x2="{_x(share)}" y1="{_y(0)}" y2="{_y(1)}"/>'
        f'<line class="tick" x1="{_x(0)}" x2="{_x(1)}" y1="{_y(share)}" y2="{_y(share)}"/>'
        f'<text x="{_x(share)}" y="{SIZE - BOTTOM + 14}" text-anchor="middle">{100 * share:.0f}</text>'
        f'<text x="{LEFT - 5}" y="{float(_y(share)) + 4:.1f}" text-anchor="end">{100 * share:.0f}</text>'
        for share in (0.0, 0.5, 1.0)
    )
    middle = (LEFT + SIZE - RIGHT) / 2
    names = (
        f'<text x="{middle:.0f}" y="{SIZE - 5}" text-anchor="middle">{across}, %</text>'
        f'<text x="10" y="{(TOP + SIZE - BOTTOM) / 2:.0f}" text-anchor="middle" '
        f'transform="rotate(-90 10 {(TOP + SIZE - BOTTOM) / 2:.0f})">{up}, %</text>'
    )
    return (
        f'<svg class="square" viewBox="0 0 {SIZE} {SIZE}" role="img" aria-label="{label}">{lines}{names}'
        f"{''.join(marks)}</svg>"
    )


def _x(share: float) -> str:
    return f"{LEFT + share * (SIZE - LEFT - RIGHT):.1f}"


def _y(share: float) -> str:
    return f"{SIZE - BOTTOM - share * (SIZE - TOP - BOTTOM):.1f}"
