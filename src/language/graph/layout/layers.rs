//! Which node stands in which row, and in which order: each below all that it needs, near to what it is tied to.

/// An edge over so many rows is not led through them but round the side.
const SPAN_MAX: usize = 6;
/// How often rows are put in order by their neighbours.
const SWEEPS: usize = 6;

/// What takes a place in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    Node(usize),
    /// An edge on its way to a lower row.
    Pass,
}

#[derive(Debug, Clone, Default)]
pub struct Layers {
    pub rows: Vec<Vec<Slot>>,
    /// Between a row and the next: from a place in the upper to one in the lower.
    pub links: Vec<Vec<(usize, usize)>>,
    /// Edges that go round: from node to node.
    pub round: Vec<(usize, usize)>,
    /// Of each node its row and its place there.
    pub places: Vec<(usize, usize)>,
}

/// Rows for nodes whose edges lead to no circle; an edge of a circle is led nowhere.
pub fn layers(nodes: usize, edges: &[(usize, usize)]) -> Layers {
    let ranks = ranks(nodes, edges);
    let mut layers = Layers::default();
    layers.rows.resize(ranks.iter().max().map_or(0, |max| max + 1), Vec::new());
    layers.links.resize(layers.rows.len().saturating_sub(1), Vec::new());
    for (node, rank) in ranks.iter().enumerate() {
        layers.places.push((*rank, layers.rows[*rank].len()));
        layers.rows[*rank].push(Slot::Node(node));
    }
    for (from, to) in edges.iter().copied() {
        let (upper, lower) = (ranks[from], ranks[to]);
        if lower <= upper {
            continue;
        }
        if lower - upper > SPAN_MAX {
            layers.round.push((from, to));
            continue;
        }
        let mut above = layers.places[from].1;
        for row in upper + 1..lower {
            layers.rows[row].push(Slot::Pass);
            let place = layers.rows[row].len() - 1;
            layers.links[row - 1].push((above, place));
            above = place;
        }
        layers.links[lower - 1].push((above, layers.places[to].1));
    }
    layers.put_in_order();
    layers
}

/// The length of the longest way to each node.
fn ranks(nodes: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut behind: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    let mut missing = vec![0_usize; nodes];
    for (from, to) in edges {
        behind[*from].push(*to);
        missing[*to] += 1;
    }
    let mut ranks = vec![0; nodes];
    let mut free: Vec<usize> = (0..nodes).filter(|node| missing[*node] == 0).collect();
    while let Some(node) = free.pop() {
        for next in &behind[node] {
            ranks[*next] = ranks[*next].max(ranks[node] + 1);
            missing[*next] -= 1;
            if missing[*next] == 0 {
                free.push(*next);
            }
        }
    }
    ranks
}

impl Layers {
    fn put_in_order(&mut self) {
        for sweep in 0..SWEEPS {
            if sweep % 2 == 0 {
                for row in 1..self.rows.len() {
                    let wanted =
                        means(self.rows[row].len(), self.links[row - 1].iter().map(|(a, b)| (*b, *a)));
                    self.reorder(row, &wanted);
                }
            } else {
                for row in (0..self.rows.len().saturating_sub(1)).rev() {
                    let wanted = means(self.rows[row].len(), self.links[row].iter().copied());
                    self.reorder(row, &wanted);
                }
            }
        }
        for links in &mut self.links {
            links.sort_unstable();
        }
    }

    /// Sort a row by where its neighbours are; what has none stays where it is.
    fn reorder(&mut self, row: usize, wanted: &[Option<f64>]) {
        let count = wanted.len();
        #[expect(clippy::cast_precision_loss, reason = "a place in a row is small")]
        let key = |place: usize| wanted[place].unwrap_or(place as f64);
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by(|a, b| key(*a).total_cmp(&key(*b)));
        let mut place_of = vec![0; count];
        for (new, old) in order.iter().enumerate() {
            place_of[*old] = new;
        }
        let slots: Vec<Slot> = order.iter().map(|old| self.rows[row][*old]).collect();
        for (place, slot) in slots.iter().enumerate() {
            if let Slot::Node(node) = slot {
                self.places[*node].1 = place;
            }
        }
        self.rows[row] = slots;
        if row > 0 {
            for (_, below) in &mut self.links[row - 1] {
                *below = place_of[*below];
            }
        }
        if let Some(links) = self.links.get_mut(row) {
            for (above, _) in links {
                *above = place_of[*above];
            }
        }
    }
}

/// The mean place of the neighbours of each.
fn means(count: usize, links: impl Iterator<Item = (usize, usize)>) -> Vec<Option<f64>> {
    let mut sums = vec![(0.0, 0.0); count];
    for (own, other) in links {
        #[expect(clippy::cast_precision_loss, reason = "a place in a row is small")]
        let other = other as f64;
        sums[own].0 += other;
        sums[own].1 += 1.0;
    }
    sums.into_iter().map(|(sum, n)| (n > 0.0).then(|| sum / n)).collect()
}
