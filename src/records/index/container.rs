//! The numbers of one chunk that a term is kept with: a list of them while that is short, a bit for each otherwise, so
//! that what is kept never leaves its page.

/// How many numbers share a chunk.
const SIZE: u64 = 4_096;
const WORDS: usize = 64;
/// A list is kept up to here.
const LIST_MAX: usize = 256;
const BITS_LENGTH: usize = 513;

/// Some of the numbers of a chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    words: [u64; WORDS],
}

impl Default for Chunk {
    fn default() -> Self {
        Self { words: [0; WORDS] }
    }
}

/// The chunk of a number.
pub fn chunk_of(number: u64) -> u64 {
    number / SIZE
}

/// Where in its chunk a number is.
pub fn place_of(number: u64) -> u16 {
    u16::try_from(number % SIZE).unwrap_or(0)
}

impl Chunk {
    pub fn insert(&mut self, place: u16) {
        self.words[usize::from(place) / 64] |= 1 << (place % 64);
    }

    pub fn remove(&mut self, place: u16) {
        self.words[usize::from(place) / 64] &= !(1 << (place % 64));
    }

    pub fn has(&self, place: u16) -> bool {
        self.words[usize::from(place) / 64] >> (place % 64) & 1 == 1
    }

    pub fn len(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    pub fn unite(&mut self, other: &Self) {
        self.words.iter_mut().zip(other.words).for_each(|(word, other)| *word |= other);
    }

    pub fn intersect(&mut self, other: &Self) {
        self.words.iter_mut().zip(other.words).for_each(|(word, other)| *word &= other);
    }

    pub fn subtract(&mut self, other: &Self) {
        self.words.iter_mut().zip(other.words).for_each(|(word, other)| *word &= !other);
    }

    /// In their order.
    pub fn places(&self) -> impl Iterator<Item = u16> {
        self.words.iter().zip(0_u16..).flat_map(|(word, at)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = rest.trailing_zeros();
                rest &= rest.checked_sub(1)?;
                Some(at * 64 + u16::try_from(bit).unwrap_or(0))
            })
        })
    }

    /// As it is kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        if self.len() <= LIST_MAX as u64 {
            return self.places().flat_map(u16::to_le_bytes).collect();
        }
        let mut bytes = Vec::with_capacity(BITS_LENGTH);
        bytes.push(1);
        bytes.extend(self.words.iter().flat_map(|word| word.to_le_bytes()));
        bytes
    }

    /// `None` for what is not the bytes of any chunk.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut chunk = Self::default();
        if bytes.len() == BITS_LENGTH {
            for (word, bytes) in chunk.words.iter_mut().zip(bytes[1..].chunks_exact(8)) {
                *word = u64::from_le_bytes(bytes.try_into().ok()?);
            }
            return Some(chunk);
        }
        if bytes.len() > 2 * LIST_MAX || bytes.len() % 2 == 1 {
            return None;
        }
        for pair in bytes.chunks_exact(2) {
            let place = u16::from_le_bytes([pair[0], pair[1]]);
            (u64::from(place) < SIZE).then(|| chunk.insert(place))?;
        }
        Some(chunk)
    }
}
