//! Where in its row each slot stands: as near to the middle of its neighbours as its own neighbours let it.

use super::layers::{Layers, Slot};

const SWEEPS: usize = 5;

/// The middles of all slots, row by row, from zero on, and how wide it all is.
#[derive(Debug, Clone, Default)]
pub struct Places {
    pub middles: Vec<Vec<i32>>,
    pub width: i32,
}

/// `widths` are those of the nodes and odd, so that each has a middle; an edge that passes takes one.
pub fn places(layers: &Layers, widths: &[i32], gap: i32) -> Places {
    let width = |slot: &Slot| match slot {
        Slot::Node(node) => widths[*node],
        Slot::Pass => 1,
    };
    let halves: Vec<Vec<i32>> =
        layers.rows.iter().map(|row| row.iter().map(|slot| width(slot) / 2).collect()).collect();
    let mut middles: Vec<Vec<f64>> =
        halves.iter().map(|row| settled(&vec![0.0; row.len()], row, gap)).collect();
    for sweep in 0..SWEEPS {
        if sweep % 2 == 0 {
            for row in 1..middles.len() {
                let links = layers.links[row - 1].iter().map(|(above, below)| (*below, *above));
                let wanted = wanted(&middles[row], &middles[row - 1], links);
                middles[row] = settled(&wanted, &halves[row], gap);
            }
        } else {
            for row in (0..middles.len().saturating_sub(1)).rev() {
                let wanted = wanted(&middles[row], &middles[row + 1], layers.links[row].iter().copied());
                middles[row] = settled(&wanted, &halves[row], gap);
            }
        }
    }
    whole(&middles, &halves, gap)
}

/// Where each would like to be: the mean of those it is tied to, or where it is.
fn wanted(own: &[f64], others: &[f64], links: impl Iterator<Item = (usize, usize)>) -> Vec<f64> {
    let mut sums = vec![(0.0, 0.0); own.len()];
    for (at, other) in links {
        sums[at].0 += others[other];
        sums[at].1 += 1.0;
    }
    sums.iter().zip(own).map(|((sum, count), own)| if *count > 0.0 { sum / count } else { *own }).collect()
}

/// The places nearest to those wanted at which none touches another: what crowds together is moved as one block.
fn settled(wanted: &[f64], halves: &[i32], gap: i32) -> Vec<f64> {
    let mut offsets = Vec::with_capacity(wanted.len());
    let mut offset = 0.0;
    for (at, half) in halves.iter().enumerate() {
        if at > 0 {
            offset += f64::from(halves[at - 1] + half + gap + 1);
        }
        offsets.push(offset);
    }
    // Sum of what its members want, and their number.
    let mut blocks: Vec<(f64, f64)> = Vec::new();
    for (wanted, offset) in wanted.iter().zip(&offsets) {
        let mut block = (wanted - offset, 1.0);
        while let Some(before) = blocks.pop_if(|before| before.0 / before.1 >= block.0 / block.1) {
            block = (before.0 + block.0, before.1 + block.1);
        }
        blocks.push(block);
    }
    let starts = blocks.into_iter().flat_map(|(sum, count)| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a block counts its members"
        )]
        let members = count as usize;
        std::iter::repeat_n(sum / count, members)
    });
    starts.zip(offsets).map(|(start, offset)| start + offset).collect()
}

/// Whole numbers from zero on.
fn whole(middles: &[Vec<f64>], halves: &[Vec<i32>], gap: i32) -> Places {
    let mut rows: Vec<Vec<i32>> = Vec::with_capacity(middles.len());
    for (row, halves) in middles.iter().zip(halves) {
        let mut places: Vec<i32> = Vec::with_capacity(row.len());
        for (at, middle) in row.iter().enumerate() {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "the cast saturates, and a drawing is not as wide"
            )]
            let mut place = middle.round() as i32;
            if let Some(before) = places.last() {
                place = place.max(before + halves[at - 1] + halves[at] + gap + 1);
            }
            places.push(place);
        }
        rows.push(places);
    }
    let edges = |row: &[i32], halves: &[i32]| -> Option<(i32, i32)> {
        Some((row.first()? - halves.first()?, row.last()? + halves.last()?))
    };
    let reach = rows.iter().zip(halves).filter_map(|(row, halves)| edges(row, halves));
    let (left, right) =
        reach.fold((i32::MAX, 0), |(left, right), edge| (left.min(edge.0), right.max(edge.1)));
    if left == i32::MAX {
        return Places::default();
    }
    for place in rows.iter_mut().flatten() {
        *place -= left;
    }
    Places { middles: rows, width: right - left + 1 }
}
