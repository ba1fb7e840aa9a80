//! Boxes in rows on a terminal: how large everything is, then everything drawn at its place.

use super::canvas::{Canvas, DOWN, LEFT, RIGHT, Tone, UP};
use super::layout::lanes::{self, Lane};
use super::layout::layers::{Layers, Slot, layers};
use super::layout::places::{Places, places};
use super::layout::routes::{Band, band};
use super::model::{List, Node};
use super::terminal::Letters;
use super::words::{clipped, columns};
use std::collections::BTreeSet;

/// Columns between boxes.
const GAP: i32 = 2;

/// A list with every place in it.
pub struct Sheet<'a> {
    boxes: Vec<Framed<'a>>,
    layers: Layers,
    places: Places,
    lanes: Vec<Lane>,
    bands: Vec<Band>,
    /// How high each row is.
    rows: Vec<usize>,
    pub width: usize,
    pub height: usize,
}

struct Framed<'a> {
    node: &'a Node,
    lines: Vec<(String, Tone)>,
    inside: Option<Sheet<'a>>,
    width: usize,
    height: usize,
}

/// The list laid out with texts of so many columns at most; nothing where that is wider than there is room.
pub fn sheet(list: &List, (text_max, width_max): (usize, usize), letters: Letters) -> Option<Sheet<'_>> {
    let boxes: Option<Vec<Framed<'_>>> =
        list.nodes.iter().map(|node| framed(node, (text_max, width_max), letters)).collect();
    let boxes = boxes?;
    let layers = layers(list.nodes.len(), &list.edges);
    let too_many = layers.rows.iter().any(|row| row.len() > width_max);
    let lanes = lanes::lanes(&layers);
    let lanes_width = lanes::count(&lanes) * 2;
    if too_many || lanes_width > width_max / 3 {
        return None;
    }
    let widths: Vec<i32> = boxes.iter().map(|one| i32::try_from(one.width).unwrap_or(i32::MAX)).collect();
    let places = places(&layers, &widths, GAP);
    let width = usize::try_from(places.width).unwrap_or_default() + lanes_width;
    if width > width_max {
        return None;
    }
    let rows: Vec<usize> = layers.rows.iter().map(|row| height(row, &boxes)).collect();
    let mut sheet = Sheet { boxes, layers, places, lanes, bands: Vec::new(), rows, width, height: 0 };
    sheet.bands = sheet.routed();
    let bands: usize = sheet.bands.iter().map(|band| band.tracks + 1).sum();
    sheet.height = sheet.rows.iter().sum::<usize>() + bands;
    Some(sheet)
}

fn height(row: &[Slot], boxes: &[Framed<'_>]) -> usize {
    let heights = row.iter().map(|slot| match slot {
        Slot::Node(node) => boxes[*node].height,
        Slot::Pass => 1,
    });
    heights.max().unwrap_or(0)
}

fn framed(node: &Node, room: (usize, usize), letters: Letters) -> Option<Framed<'_>> {
    let (text_max, width_max) = room;
    let head = format!("{} {}", node.shape.sign(letters), node.id);
    let mut lines = vec![(head, Tone::Bold)];
    lines.extend(node.title.iter().map(|title| (title.clone(), Tone::Plain)));
    lines.push((node.about.clone(), Tone::Faint));
    lines.extend(
        node.marks.iter().map(|mark| (format!("{} {}", mark.kind.sign(letters), mark.text), Tone::Plain)),
    );
    for (line, _) in &mut lines {
        *line = clipped(line, text_max);
    }
    let inside = match &node.inside {
        Some(list) => Some(sheet(list, (text_max, width_max.saturating_sub(4)), letters)?),
        None => None,
    };
    let widest = lines.iter().map(|(line, _)| columns(line)).max().unwrap_or(0);
    let inner = inside.as_ref().map_or(widest, |sheet| widest.max(sheet.width));
    let height = lines.len() + 2 + inside.as_ref().map_or(0, |sheet| sheet.height);
    Some(Framed { node, lines, inside, width: (inner + 4) | 1, height })
}

impl Sheet<'_> {
    fn middle(&self, node: usize) -> i32 {
        let (row, place) = self.layers.places[node];
        self.places.middles[row][place]
    }

    fn lane_at(&self, lane: &Lane) -> i32 {
        self.places.width + 1 + i32::try_from(lane.number).unwrap_or_default() * 2
    }

    /// The ways between all rows, those that go round included.
    fn routed(&self) -> Vec<Band> {
        let mut links: Vec<Vec<(i32, i32)>> = Vec::new();
        for (row, between) in self.layers.links.iter().enumerate() {
            let (above, below) = (&self.places.middles[row], &self.places.middles[row + 1]);
            links.push(between.iter().map(|(from, to)| (above[*from], below[*to])).collect());
        }
        for lane in &self.lanes {
            let x = self.lane_at(lane);
            let first = self.layers.places[lane.from].0;
            links[first].push((self.middle(lane.from), x));
            for to in &lane.to {
                links[self.layers.places[*to].0 - 1].push((x, self.middle(*to)));
            }
            for between in &mut links[first + 1..self.end_of(lane)] {
                between.push((x, x));
            }
        }
        links.into_iter().map(band).collect()
    }

    /// The band from which a lane leads no further.
    fn end_of(&self, lane: &Lane) -> usize {
        lane.to.iter().map(|to| self.layers.places[*to].0 - 1).max().unwrap_or(0)
    }

    pub fn draw(&self, canvas: &mut Canvas, (left, top): (usize, usize), letters: Letters) {
        let mut y = top;
        for (row, height) in self.rows.iter().enumerate() {
            self.draw_row(canvas, row, (left, y), letters);
            y += height;
            if let Some(band) = self.bands.get(row) {
                self.draw_band(canvas, (row, band), (left, y), letters);
                y += band.tracks + 1;
            }
        }
    }

    fn draw_row(&self, canvas: &mut Canvas, row: usize, (left, top): (usize, usize), letters: Letters) {
        let height = self.rows[row];
        let leaving: BTreeSet<i32> = self
            .bands
            .get(row)
            .into_iter()
            .flat_map(|band| &band.buses)
            .flat_map(|bus| &bus.above)
            .copied()
            .collect();
        for (slot, middle) in self.layers.rows[row].iter().zip(&self.places.middles[row]) {
            let x = left + usize::try_from(*middle).unwrap_or_default();
            match slot {
                Slot::Pass => (0..height).for_each(|y| canvas.pass_down((x, top + y))),
                Slot::Node(node) => {
                    let one = &self.boxes[*node];
                    one.draw(canvas, (x - one.width / 2, top), letters);
                    if leaving.contains(middle) {
                        let frame = one.node.shape.frame(letters);
                        canvas.put((x, top + one.height - 1), frame.leaves, one.node.shape.tone());
                        for y in one.height..height {
                            canvas.pass_down((x, top + y));
                        }
                    }
                }
            }
        }
        for lane in &self.lanes {
            if (self.layers.places[lane.from].0 + 1..=self.end_of(lane)).contains(&row) {
                let x = left + usize::try_from(self.lane_at(lane)).unwrap_or_default();
                for y in 0..height {
                    canvas.pass_down((x, top + y));
                }
            }
        }
    }

    fn draw_band(
        &self,
        canvas: &mut Canvas,
        (row, band): (usize, &Band),
        (left, top): (usize, usize),
        letters: Letters,
    ) {
        let column = |x: &i32| left + usize::try_from(*x).unwrap_or_default();
        for (bus, track) in band.buses.iter().filter_map(|bus| Some((bus, bus.track?))) {
            let y = top + track;
            let (first, last) = bus.reach();
            let (first, last) = (column(&first), column(&last));
            canvas.join((first, y), RIGHT);
            canvas.join((last, y), LEFT);
            for x in first + 1..last {
                canvas.join((x, y), LEFT | RIGHT);
            }
            for x in &bus.above {
                canvas.join((column(x), y), UP);
            }
            for x in &bus.below {
                canvas.join((column(x), y), DOWN);
            }
        }
        let arrows: BTreeSet<i32> = self.layers.rows[row + 1]
            .iter()
            .zip(&self.places.middles[row + 1])
            .filter_map(|(slot, middle)| matches!(slot, Slot::Node(_)).then_some(*middle))
            .collect();
        for bus in &band.buses {
            let (above_to, below_from) = bus.track.map_or((0, 0), |track| (track, track + 1));
            for x in &bus.above {
                for y in 0..above_to {
                    canvas.pass_down((column(x), top + y));
                }
            }
            for x in &bus.below {
                for y in below_from..=band.tracks {
                    canvas.pass_down((column(x), top + y));
                }
                if arrows.contains(x) {
                    let tip = if letters == Letters::Unicode { "▼" } else { "v" };
                    canvas.put((column(x), top + band.tracks), tip, Tone::Faint);
                }
            }
        }
    }
}

impl Framed<'_> {
    fn draw(&self, canvas: &mut Canvas, (left, top): (usize, usize), letters: Letters) {
        let (frame, tone) = (self.node.shape.frame(letters), self.node.shape.tone());
        let (right, bottom) = (left + self.width - 1, top + self.height - 1);
        let along = frame.along.repeat(self.width - 2);
        canvas.put((left, top), &format!("{}{along}{}", frame.corners[0], frame.corners[1]), tone);
        canvas.put((left, bottom), &format!("{}{along}{}", frame.corners[3], frame.corners[2]), tone);
        for y in top + 1..bottom {
            canvas.put((left, y), frame.down, tone);
            canvas.put((right, y), frame.down, tone);
        }
        for (at, (line, line_tone)) in self.lines.iter().enumerate() {
            canvas.put((left + 2, top + 1 + at), line, *line_tone);
        }
        canvas.put((left + 2, top + 1), self.node.shape.sign(letters), tone);
        if let Some(inside) = &self.inside {
            let x = left + (self.width - inside.width) / 2;
            inside.draw(canvas, (x, top + 1 + self.lines.len()), letters);
        }
    }
}
