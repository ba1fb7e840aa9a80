//! What is too wide for boxes: a line a step, with what each comes after where that is not the step above.

use super::canvas::{Tone, escape};
use super::model::List;
use super::terminal::{Ink, Page};
use super::words::{clipped, columns};
use std::fmt::Write;

const INDENT: usize = 2;

pub fn listing(list: &List, page: &Page) -> String {
    let mut text = String::new();
    add(&mut text, list, page, 0);
    text
}

fn add(text: &mut String, list: &List, page: &Page, depth: usize) {
    let mut needs: Vec<Vec<usize>> = vec![Vec::new(); list.nodes.len()];
    for (from, to) in &list.edges {
        needs[*to].push(*from);
    }
    for (at, node) in list.nodes.iter().enumerate() {
        let after = match needs[at].as_slice() {
            [] if at == 0 => String::new(),
            [] => "from the start".to_owned(),
            [one] if one + 1 == at => String::new(),
            some => {
                let names: Vec<&str> = some.iter().map(|need| list.nodes[*need].id.as_str()).collect();
                format!("after {}", names.join(", "))
            }
        };
        let mut line = Line { page, room: page.width.saturating_sub(depth * INDENT), text: String::new() };
        line.add(node.shape.sign(page.letters), node.shape.tone());
        line.add(&node.id, Tone::Bold);
        line.add(node.title.as_deref().unwrap_or_default(), Tone::Plain);
        line.add(&node.about, Tone::Faint);
        let fits = line.room > columns(&after) + 2;
        if fits {
            line.add(&after, Tone::Faint);
        }
        let after = Some(after).filter(|_| !fits);
        text.push_str(&" ".repeat(depth * INDENT));
        text.push_str(&line.text);
        text.push('\n');
        let marks = node.marks.iter().map(|mark| format!("{} {}", mark.kind.sign(page.letters), mark.text));
        for below in marks.chain(after).filter(|below| !below.is_empty()) {
            let room = page.width.saturating_sub((depth + 2) * INDENT);
            let mut line = Line { page, room, text: String::new() };
            line.add(&below, Tone::Faint);
            text.push_str(&" ".repeat((depth + 2) * INDENT));
            text.push_str(&line.text);
            text.push('\n');
        }
        if let Some(inside) = &node.inside {
            add(text, inside, page, depth + 2);
        }
    }
}

struct Line<'a> {
    page: &'a Page,
    room: usize,
    text: String,
}

impl Line<'_> {
    fn add(&mut self, part: &str, tone: Tone) {
        let gap = usize::from(!self.text.is_empty()) * 2;
        if part.is_empty() || self.room < gap + 2 {
            return;
        }
        let part = clipped(part, self.room - gap);
        self.room -= gap + columns(&part);
        self.text.push_str(&" ".repeat(gap));
        if self.page.ink == Ink::Colored && tone != Tone::Plain {
            let _ = write!(self.text, "{}{part}{}", escape(tone), escape(Tone::Plain));
        } else {
            self.text.push_str(&part);
        }
    }
}
