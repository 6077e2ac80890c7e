"""The ratios of a run as a bar chart in SVG, on a logarithmic scale, readable on light and on dark ground."""
import math
from xml.sax.saxutils import escape

WIDTH, ROW, TOP, BOTTOM = 860, 26, 62, 40
LABELS, VALUES = 300, 100  # the room for titles on the left, and for figures on the right
MOST = 100                 # a bar that would be longer ends here, with a mark
STYLE = """
  text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328 }
  .title { font-size: 15px; font-weight: 600 }
  .quiet, .axis { fill: #59636e; font-size: 12px }
  .grid { stroke: #d1d9e0 } .one { stroke: #59636e }
  .better { fill: #1f7a4d } .worse { fill: #bc4c00 } .range { stroke: #1f2328; stroke-opacity: .55; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .quiet, .axis { fill: #9198a1 }
    .grid { stroke: #3d444d } .one { stroke: #9198a1 }
    .better { fill: #3fb27f } .worse { fill: #e3803c } .range { stroke: #f0f6fc }
  }
"""


def ticks(least, most):
    """1, 2, 5 and their tens that lie in it."""
    found = [factor * 10 ** power for power in range(-3, 5) for factor in (1, 2, 5)]
    return [tick for tick in found if least <= tick <= most * 1.0001]


class Scale:
    """From ratios to places on the picture."""

    def __init__(self, ratios):
        steps = ticks(1e-3, MOST)
        self.least = max([step for step in steps if step <= min([ratio.least for ratio in ratios] + [1])] or [1e-3])
        self.most = min([step for step in steps if step >= max([ratio.most for ratio in ratios] + [2])] or [MOST])

    def place(self, ratio):
        share = math.log(min(max(ratio, self.least), self.most) / self.least) / math.log(self.most / self.least)
        return LABELS + share * (WIDTH - LABELS - VALUES)


def bar(scale, top, title, ratio):
    one, end = scale.place(1), scale.place(ratio.median)
    middle = top + ROW / 2
    kind = "better" if ratio.median >= 1 else "worse"
    shown = f"{ratio.median:.3g}" if ratio.median < 100 else f"{ratio.median:,.0f}"
    shown = f"» {shown}" if ratio.median > scale.most else shown
    return [f'<text x="{LABELS - 10}" y="{middle + 4:.1f}" text-anchor="end">{escape(title)}</text>',
            f'<rect class="{kind}" x="{min(one, end):.1f}" y="{top + 5:.1f}" width="{max(1, abs(end - one)):.1f}" '
            f'height="{ROW - 10}" rx="2"/>',
            f'<line class="range" x1="{scale.place(ratio.least):.1f}" x2="{scale.place(ratio.most):.1f}" '
            f'y1="{middle:.1f}" y2="{middle:.1f}"/>',
            f'<text x="{max(scale.place(ratio.most), one) + 8:.1f}" y="{middle + 4:.1f}">{shown} ×</text>']


def svg(rows, peer):
    """`rows`: (title, Spread of ratios), from top to bottom."""
    height = TOP + ROW * len(rows) + BOTTOM
    scale = Scale([ratio for _, ratio in rows])
    bottom = TOP + ROW * len(rows) + 6
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
             f'height="{height}" role="img">', f"<title>Posthorn beside {escape(peer)}</title>",
             f"<style>{STYLE}</style>",
             f'<text class="title" x="12" y="24">How many times better than {escape(peer)}</text>',
             f'<text class="quiet" x="12" y="44">median of the rounds, the line from the least to the most; '
             f'logarithmic</text>']
    for tick in ticks(scale.least, scale.most):
        kind = "one" if tick == 1 else "grid"
        parts.append(f'<line class="{kind}" x1="{scale.place(tick):.1f}" x2="{scale.place(tick):.1f}" y1="{TOP - 4}" '
                     f'y2="{bottom}"/>')
        parts.append(f'<text class="axis" x="{scale.place(tick):.1f}" y="{bottom + 18}" '
                     f'text-anchor="middle">{tick:g} ×</text>')
    for n, (title, ratio) in enumerate(rows):
        parts += bar(scale, TOP + n * ROW, title, ratio)
    return "\n".join(parts + ["</svg>"]) + "\n"
