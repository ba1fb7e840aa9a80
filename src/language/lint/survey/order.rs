//! Which steps are done before which, as one row of bits for each step of a list.

/// What is certainly over when a step of a list starts.
#[derive(Debug, Default)]
pub(in crate::language::lint) struct Before {
    rows: Vec<Vec<u64>>,
}

impl Before {
    /// From what each step needs directly. Steps of a circle, which is reported elsewhere, know only a part.
    pub(super) fn of(needs: &[Vec<usize>]) -> Self {
        let words = needs.len().div_ceil(64);
        let mut rows: Vec<Vec<u64>> = vec![Vec::new(); needs.len()];
        let mut state = vec![State::New; needs.len()];
        for start in 0..needs.len() {
            let mut open = vec![start];
            while let Some(&step) = open.last() {
                match state[step] {
                    State::New => {
                        state[step] = State::Open;
                        open.extend(needs[step].iter().filter(|need| state[**need] == State::New));
                    }
                    State::Open => {
                        open.pop();
                        rows[step] = row(&needs[step], &rows, words);
                        state[step] = State::Done;
                    }
                    State::Done => {
                        open.pop();
                    }
                }
            }
        }
        Self { rows }
    }

    pub(in crate::language::lint) fn is_before(&self, earlier: usize, later: usize) -> bool {
        self.rows[later].get(earlier / 64).is_some_and(|word| word & (1 << (earlier % 64)) != 0)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

fn row(needs: &[usize], rows: &[Vec<u64>], words: usize) -> Vec<u64> {
    let mut row = vec![0; words];
    for &need in needs {
        row[need / 64] |= 1 << (need % 64);
        for (word, other) in row.iter_mut().zip(&rows[need]) {
            *word |= other;
        }
    }
    row
}

#[cfg(test)]
mod tests {
    use super::Before;

    #[test]
    fn order_is_transitive_and_survives_circles() {
        let mut needs: Vec<Vec<usize>> =
            (0..200usize).map(|step| step.checked_sub(1).into_iter().collect()).collect();
        needs[100] = vec![];
        let before = Before::of(&needs);
        assert!(before.is_before(0, 99) && before.is_before(100, 199) && before.is_before(198, 199));
        assert!(!before.is_before(99, 0) && !before.is_before(99, 100) && !before.is_before(5, 5));
        let circle = Before::of(&[vec![1], vec![0]]);
        assert!(circle.is_before(0, 1) || circle.is_before(1, 0));
    }
}
