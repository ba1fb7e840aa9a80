//! A picture as SVG that needs nothing else: no scripts, no fonts of its own, light or dark as its viewer is.

use super::layout::lanes::{self, Lane};
use super::layout::layers::{Layers, Slot, layers};
use super::layout::places::{Places, places};
use super::model::{Graph, List, Node, Role, Shape};
use super::words::{clipped, columns};
use std::fmt::Write;

const TEXT_COLUMNS_MAX: usize = 44;
const LETTER_WIDTH: f64 = 7.3;
const LINE_HEIGHT: i32 = 17;
const PADDING: i32 = 16;
const GAP: i32 = 24;
const BAND: i32 = 40;
const LANE: i32 = 14;
const MARGIN: i32 = 20;
const HEAD: i32 = 30;

/// Colours are said plainly and once more for the dark: viewers that know no variables still read the first.
const STYLE: &str = "<style>\
text{font:12px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#1c1917}\
.paper{fill:#fff}.name{font-size:15px;font-weight:bold}.id{font-weight:bold}.about{fill:#57534e}\
.edge{fill:none;stroke:#78716c;stroke-width:1.4}.tip{fill:#78716c}\
.box{stroke-width:1.4}.machine{fill:#e0f2fe;stroke:#0369a1}.agent{fill:#f3e8ff;stroke:#7e22ce}\
.person{fill:#fef9c3;stroke:#a16207}.time{fill:#e5e7eb;stroke:#4b5563;stroke-dasharray:5 3}.tool{fill:#dcfce7;stroke:#15803d}\
.child{fill:#ccfbf1;stroke:#0f766e}.note{fill:#f5f5f4;stroke:#78716c;stroke-dasharray:2 2}\
.stop{fill:#fee2e2;stroke:#b91c1c;stroke-width:2.4}.group{fill:none;stroke:#78716c}\
@media (prefers-color-scheme:dark){\
text{fill:#f5f5f4}.paper{fill:#1c1917}.about{fill:#d6d3d1}.edge{stroke:#a8a29e}.tip{fill:#a8a29e}\
.machine{fill:#0c4a6e;stroke:#38bdf8}.agent{fill:#581c87;stroke:#c084fc}.person{fill:#713f12;stroke:#facc15}\
.time{fill:#374151;stroke:#9ca3af}.tool{fill:#14532d;stroke:#4ade80}.child{fill:#134e4a;stroke:#2dd4bf}\
.note{fill:#292524;stroke:#a8a29e}.stop{fill:#7f1d1d;stroke:#f87171}}\
</style>";

pub fn svg(graph: &Graph) -> String {
    let sheets: Vec<Sheet<'_>> = graph.lists.iter().map(sheet).collect();
    let name = match &graph.about {
        Some(about) => format!("{}, {about}", graph.name),
        None => graph.name.clone(),
    };
    let name_width = text_width(&name) * 5 / 4;
    let width = sheets.iter().map(|sheet| sheet.width).max().unwrap_or(0).max(name_width) + 2 * MARGIN;
    let height = sheets.iter().map(|sheet| sheet.height + HEAD + MARGIN).sum::<i32>() + MARGIN;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n\
         <title>{}</title>\n{STYLE}\n<rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n",
        escaped(&name)
    );
    let mut y = MARGIN;
    for (list, sheet) in graph.lists.iter().zip(&sheets) {
        let head = if list.role == Role::Main { name.as_str() } else { list.role.title() };
        let _ =
            writeln!(text, "<text class=\"name\" x=\"{MARGIN}\" y=\"{}\">{}</text>", y + 14, escaped(head));
        sheet.draw(&mut text, (MARGIN, y + HEAD));
        y += HEAD + sheet.height + MARGIN;
    }
    text + "</svg>\n"
}

struct Sheet<'a> {
    boxes: Vec<Framed<'a>>,
    layers: Layers,
    places: Places,
    lanes: Vec<Lane>,
    /// Upper and lower end of each row.
    rows: Vec<(i32, i32)>,
    width: i32,
    height: i32,
}

struct Framed<'a> {
    node: &'a Node,
    lines: Vec<(&'static str, String)>,
    inside: Option<Sheet<'a>>,
    width: i32,
    height: i32,
}

fn sheet(list: &List) -> Sheet<'_> {
    let boxes: Vec<Framed<'_>> = list.nodes.iter().map(framed).collect();
    let layers = layers(list.nodes.len(), &list.edges);
    let lanes = lanes::lanes(&layers);
    let widths: Vec<i32> = boxes.iter().map(|one| one.width).collect();
    let places = places(&layers, &widths, GAP);
    let mut rows = Vec::with_capacity(layers.rows.len());
    let mut y = 0;
    for row in &layers.rows {
        let heights = row.iter().map(|slot| match slot {
            Slot::Node(node) => boxes[*node].height,
            Slot::Pass => 0,
        });
        let height = heights.max().unwrap_or(0);
        rows.push((y, y + height));
        y += height + BAND;
    }
    let lanes_width = i32::try_from(lanes::count(&lanes)).unwrap_or_default() * LANE;
    let width = places.width + lanes_width;
    Sheet { boxes, layers, places, lanes, rows, width, height: (y - BAND).max(0) }
}

fn framed(node: &Node) -> Framed<'_> {
    let mut lines = vec![("id", node.id.clone())];
    lines.extend(node.title.iter().map(|title| ("title", title.clone())));
    lines.push(("about", node.about.clone()));
    lines.extend(node.marks.iter().map(|mark| ("mark", mark.text.clone())));
    for (_, line) in &mut lines {
        *line = clipped(line, TEXT_COLUMNS_MAX);
    }
    let inside = node.inside.as_ref().map(sheet);
    let widest = lines.iter().map(|(_, line)| text_width(line)).max().unwrap_or(0);
    let inner = inside.as_ref().map_or(widest, |sheet| widest.max(sheet.width));
    let texts = LINE_HEIGHT * i32::try_from(lines.len()).unwrap_or_default();
    let height = texts + PADDING + inside.as_ref().map_or(0, |sheet| sheet.height + PADDING);
    Framed { node, lines, inside, width: (inner + 2 * PADDING) | 1, height }
}

fn text_width(line: &str) -> i32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a line is short")]
    let width = (columns(line) as f64 * LETTER_WIDTH).ceil() as i32;
    width
}

impl Sheet<'_> {
    fn draw(&self, text: &mut String, (left, top): (i32, i32)) {
        self.draw_edges(text, (left, top));
        for (row, (slots, middles)) in self.layers.rows.iter().zip(&self.places.middles).enumerate() {
            for (slot, middle) in slots.iter().zip(middles) {
                if let Slot::Node(node) = slot {
                    let one = &self.boxes[*node];
                    one.draw(text, (left + middle - one.width / 2, top + self.rows[row].0));
                }
            }
        }
    }

    /// Down to the end of its row, in a curve to its place in the next, and so on.
    fn draw_edges(&self, text: &mut String, (left, top): (i32, i32)) {
        for (row, links) in self.layers.links.iter().enumerate() {
            let (upper, lower) = (self.rows[row].1, self.rows[row + 1].0);
            for (from, to) in links {
                let (x1, x2) =
                    (left + self.places.middles[row][*from], left + self.places.middles[row + 1][*to]);
                let start = match self.layers.rows[row][*from] {
                    Slot::Node(node) => self.rows[row].0 + self.boxes[node].height,
                    Slot::Pass => self.rows[row].0,
                };
                let is_end = matches!(self.layers.rows[row + 1][*to], Slot::Node(_));
                let end = top + lower - if is_end { 7 } else { 0 };
                let (start, upper, half) = (top + start, top + upper, top + i32::midpoint(upper, lower));
                let _ = writeln!(
                    text,
                    "<path class=\"edge\" d=\"M{x1} {start}V{upper}C{x1} {half} {x2} {half} {x2} {end}\"/>"
                );
                if is_end {
                    tip(text, (x2, top + lower));
                }
            }
        }
        for lane in &self.lanes {
            self.draw_lane(text, lane, (left, top));
        }
    }

    /// Out below where it comes from, down beside all rows, and in again above each that it leads to.
    fn draw_lane(&self, text: &mut String, lane: &Lane, (left, top): (i32, i32)) {
        let (row, place) = self.layers.places[lane.from];
        let x = left + self.places.width + LANE / 2 + i32::try_from(lane.number).unwrap_or_default() * LANE;
        let start =
            (left + self.places.middles[row][place], top + self.rows[row].0 + self.boxes[lane.from].height);
        let out = top + self.rows[row].1 + BAND / 3;
        let mut last = out;
        for to in &lane.to {
            let (row, place) = self.layers.places[*to];
            let (end, lower) = (left + self.places.middles[row][place], top + self.rows[row].0);
            let turn = lower - BAND / 3;
            let _ = writeln!(text, "<path class=\"edge\" d=\"M{x} {turn}H{end}V{}\"/>", lower - 7);
            tip(text, (end, lower));
            last = last.max(turn);
        }
        let _ = writeln!(text, "<path class=\"edge\" d=\"M{} {}V{out}H{x}V{last}\"/>", start.0, start.1);
    }
}

fn tip(text: &mut String, (x, y): (i32, i32)) {
    let _ = writeln!(text, "<path class=\"tip\" d=\"M{x} {y}l-4 -8h8z\"/>");
}

impl Framed<'_> {
    fn draw(&self, text: &mut String, (x, y): (i32, i32)) {
        let _ = writeln!(text, "<g>{}", outline(self.node.shape, (x, y), (self.width, self.height)));
        let middle = x + self.width / 2;
        for ((class, line), at) in self.lines.iter().zip(1..) {
            let base = y + PADDING / 2 + LINE_HEIGHT * at - 5;
            let _ = writeln!(
                text,
                "<text class=\"{class}\" x=\"{middle}\" y=\"{base}\" text-anchor=\"middle\">{}</text>",
                escaped(line)
            );
        }
        if let Some(inside) = &self.inside {
            let top = y + PADDING + LINE_HEIGHT * i32::try_from(self.lines.len()).unwrap_or_default();
            inside.draw(text, (x + (self.width - inside.width) / 2, top));
        }
        text.push_str("</g>\n");
    }
}

fn outline(shape: Shape, (x, y): (i32, i32), (w, h): (i32, i32)) -> String {
    let rect = |class: &str, round: i32| {
        format!(
            "<rect class=\"box {class}\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"{round}\"/>"
        )
    };
    let path = |class: &str, d: String| format!("<path class=\"box {class}\" d=\"{d}\"/>");
    match shape {
        Shape::Machine => rect("machine", 2),
        Shape::Agent => rect("agent", 18.min(h / 2)),
        Shape::Time => rect("time", 18.min(h / 2)),
        Shape::Note => rect("note", 2),
        Shape::Group => rect("group", 8),
        Shape::Person => {
            let (side, half) = (w - 20, h / 2);
            path(
                "person",
                format!("M{} {y}h{side}l10 {half}l-10 {}h-{side}l-10 -{}z", x + 10, h - half, h - half),
            )
        }
        Shape::Tool => path("tool", format!("M{} {y}h{}l-10 {h}h-{}z", x + 10, w - 10, w - 10)),
        Shape::Child => format!(
            "{}<path class=\"box child\" d=\"M{} {y}v{h}M{} {y}v{h}\"/>",
            rect("child", 0),
            x + 6,
            x + w - 6
        ),
        Shape::Stop => {
            let (side, up) = (w - 20, h - 20);
            path("stop", format!("M{} {y}h{side}l10 10v{up}l-10 10h-{side}l-10 -10v-{up}z", x + 10))
        }
    }
}

fn escaped(line: &str) -> String {
    line.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
