//! Runs over time as columns of characters, failures apart, and under them a line of how long runs took.

use super::View;
use super::screen::Letters;
use super::when::exact;
use crate::operations::system::metrics::{Bucket, Timeline};
use std::fmt::Write;

/// Rows of the drawing at the most; with no more runs than that, each has a row of its own.
const HEIGHT: u64 = 8;
const COLUMN_MAX: usize = 6;
const GUTTER: usize = 6;

/// What is drawn with: whole cells of the three ends, and a line's heights from low to high.
struct Marks {
    completed: char,
    failed: char,
    cancelled: char,
    axis: char,
    line: &'static [char],
}

const UNICODE: Marks = Marks {
    completed: '█',
    failed: '▒',
    cancelled: '░',
    axis: '─',
    line: &['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
};
const ASCII: Marks =
    Marks { completed: '#', failed: 'x', cancelled: 'o', axis: '-', line: &['_', '.', '-', '=', '*', '#'] };

/// One column of the drawing.
#[derive(Debug, Clone, Default)]
struct Column {
    from: String,
    completed: u64,
    failed: u64,
    cancelled: u64,
    p50_ms: Option<u64>,
}

impl Column {
    fn total(&self) -> u64 {
        self.completed + self.failed + self.cancelled
    }
}

pub fn timeline(timeline: &Timeline, view: &View) -> String {
    let marks = if view.letters == Letters::Ascii { &ASCII } else { &UNICODE };
    let room = view.width.saturating_sub(GUTTER).max(1);
    let together = timeline.buckets.len().div_ceil(room).max(1);
    let columns: Vec<Column> = timeline.buckets.chunks(together).map(merged).collect();
    let most = columns.iter().map(Column::total).max().unwrap_or(0);
    if most == 0 {
        return "no run ended in this time: there is nothing to draw\n".to_owned();
    }
    let width = (room / columns.len()).clamp(1, COLUMN_MAX);
    let hours = timeline.hours.saturating_mul(together as u64);
    let mut text = legend(hours, marks, view);
    let height = most.min(HEIGHT);
    for row in (0..height).rev() {
        let label = match row {
            row if row + 1 == height => most.to_string(),
            _ => String::new(),
        };
        let cells: String =
            columns.iter().map(|column| cells(column, row, (most, height), (width, marks, view))).collect();
        let _ = writeln!(text, "{label:>4} {}", cells.trim_end());
    }
    let length = width * columns.len();
    let _ = writeln!(text, "   0 {}", view.paint.dim(&String::from(marks.axis).repeat(length)));
    text.push_str(&ends(&columns, hours, length));
    text.push_str(&took(&columns, (width, marks), view));
    text
}

fn merged(buckets: &[Bucket]) -> Column {
    let mut column = Column {
        from: buckets.first().map(|first| first.from.clone()).unwrap_or_default(),
        ..Column::default()
    };
    for bucket in buckets {
        column.completed += bucket.completed;
        column.failed += bucket.failed;
        column.cancelled += bucket.cancelled;
        // Of several, the slowest: what is drawn must not hide it.
        column.p50_ms = column.p50_ms.max(bucket.p50_ms);
    }
    column
}

fn legend(hours: u64, marks: &Marks, view: &View) -> String {
    let per = match hours {
        1 => "hour".to_owned(),
        24 => "day".to_owned(),
        168 => "week".to_owned(),
        hours if hours % 24 == 0 => format!("{} days", hours / 24),
        hours => format!("{hours} hours"),
    };
    let paint = view.paint;
    format!(
        "{}   {} completed  {} failed  {} cancelled\n",
        paint.bold(&format!("Runs that ended, per {per}")),
        paint.green(&marks.completed.to_string()),
        paint.red(&marks.failed.to_string()),
        paint.yellow(&marks.cancelled.to_string()),
    )
}

/// What a column shows in a row: failures at the bottom, where they are seen first.
fn cells(
    column: &Column,
    row: u64,
    (most, height): (u64, u64),
    (width, marks, view): (usize, &Marks, &View),
) -> String {
    // Whatever happened at all is seen.
    let rows = |count: u64| if count == 0 { 0 } else { ((2 * count * height + most) / (2 * most)).max(1) };
    let total = rows(column.total());
    let failed = rows(column.failed).min(total);
    let cancelled = rows(column.cancelled).min(total - failed);
    let bar = width.saturating_sub(1).max(1);
    let gap = " ".repeat(width - bar);
    let filled = |mark: char| String::from(mark).repeat(bar);
    let paint = view.paint;
    let drawn = match row {
        row if row < failed => paint.red(&filled(marks.failed)),
        row if row < failed + cancelled => paint.yellow(&filled(marks.cancelled)),
        row if row < total => paint.green(&filled(marks.completed)),
        _ => " ".repeat(bar),
    };
    drawn + &gap
}

/// When the drawing begins, and when its last column does.
fn ends(columns: &[Column], hours: u64, length: usize) -> String {
    let said = |column: Option<&Column>| {
        let from = column.map(|column| column.from.as_str()).unwrap_or_default();
        let part = if hours < 24 { from.get(5..16) } else { from.get(..10) };
        part.unwrap_or(from).replace('T', " ")
    };
    let (first, last) = (said(columns.first()), said(columns.last()));
    if columns.len() < 2 || length < first.len() + last.len() + 2 {
        let through = if columns.len() < 2 { String::new() } else { format!(" .. {last}") };
        return format!("     {first}{through} UTC\n");
    }
    let gap = " ".repeat(length - first.len() - last.len());
    format!("     {first}{gap}{last} UTC\n")
}

fn took(columns: &[Column], (width, marks): (usize, &Marks), view: &View) -> String {
    let longest = columns.iter().filter_map(|column| column.p50_ms).max().unwrap_or(0);
    let top = marks.line.len() as u64 - 1;
    let height = |ms: u64| {
        let place = (ms * top).checked_div(longest).unwrap_or(0);
        usize::try_from(place).unwrap_or(0).min(marks.line.len() - 1)
    };
    let mut line = String::new();
    for column in columns {
        let mark = column.p50_ms.map_or(' ', |ms| marks.line[height(ms)]);
        let _ = write!(line, "{:<width$}", String::from(mark).repeat(width.saturating_sub(1).max(1)));
    }
    format!(
        "     {}\n     {}\n",
        view.paint.cyan(line.trim_end()),
        view.paint.dim(&format!("how long half of them took at the most; the highest is {}", exact(longest)))
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faces::cli::render::screen::Paint;

    fn bucket(hour: u64, [completed, failed, cancelled]: [u64; 3], p50_ms: Option<u64>) -> Bucket {
        let (day, hour) = (1 + hour / 24, hour % 24);
        Bucket {
            from: format!("2026-11-{day:02}T{hour:02}:00:00.000Z"),
            started: 0,
            completed,
            failed,
            cancelled,
            p50_ms,
        }
    }

    fn drawn(buckets: Vec<Bucket>, width: usize, letters: Letters) -> String {
        let view = View { paint: Paint::Plain, width, letters, now: 0 };
        timeline(&Timeline { hours: 1, buckets }, &view)
    }

    #[test]
    fn few_runs_have_a_row_each_and_failures_lie_at_the_bottom() {
        let buckets = vec![
            bucket(0, [2, 1, 0], Some(1_000)),
            bucket(1, [0, 0, 0], None),
            bucket(2, [0, 0, 1], Some(4_000)),
        ];
        let expected = "\
Runs that ended, per hour   █ completed  ▒ failed  ░ cancelled
   3 █████
     █████
     ▒▒▒▒▒       ░░░░░
   0 ──────────────────
     11-01 00:00 .. 11-01 02:00 UTC
     ▂▂▂▂▂       █████
     how long half of them took at the most; the highest is 4.0 s
";
        assert_eq!(drawn(buckets.clone(), 80, Letters::Unicode), expected);
        let ascii = drawn(buckets, 80, Letters::Ascii);
        assert!(ascii.is_ascii(), "{ascii}");
        assert!(ascii.contains("xxxxx       ooooo"), "{ascii}");
    }

    /// One failure among a thousand runs is seen, and so is one run beside a thousand.
    #[test]
    fn whatever_happened_is_seen() {
        let text =
            drawn(vec![bucket(0, [999, 1, 0], Some(5)), bucket(1, [1, 0, 0], Some(5))], 80, Letters::Unicode);
        let rows: Vec<&str> = text.lines().skip(1).take(8).collect();
        assert_eq!(rows[0], "1000 █████");
        assert_eq!(rows[7], "     ▒▒▒▒▒ █████");
    }

    #[test]
    fn it_fits_every_window() {
        for count in [1, 2, 7, 24, 79, 80] {
            let buckets: Vec<Bucket> =
                (0..count).map(|hour| bucket(hour, [hour, hour % 3, 0], Some(hour))).collect();
            for width in [40, 41, 80, 100, 200] {
                let text = drawn(buckets.clone(), width, Letters::Unicode);
                let rows = text.lines().skip(1).take_while(|line| !line.contains("UTC"));
                assert!(rows.clone().all(|line| line.chars().count() <= width), "{width}\n{text}");
            }
        }
    }

    #[test]
    fn nothing_is_said_to_be_nothing() {
        assert!(drawn(Vec::new(), 80, Letters::Unicode).contains("nothing to draw"));
        assert!(drawn(vec![bucket(0, [0, 0, 0], None)], 80, Letters::Unicode).contains("nothing to draw"));
    }
}
