//! The end of a segment. However long it has become, a start reads no more of it than its last line.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    path::Path,
};

/// Bytes that are read at once, from the end towards the beginning. Lines are shorter.
const BLOCK: u64 = 16 * 1024;

/// How a segment ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tail {
    /// The last whole line, its end included; none if there is no line.
    pub(super) last: Option<Vec<u8>>,
    /// Where it ends: so long is the segment without what is torn.
    pub(super) end: u64,
    /// What is there of a line that does not end.
    pub(super) torn: Vec<u8>,
}

/// Reads the end of a segment.
///
/// # Errors
/// If it cannot be read.
pub(super) fn tail(path: &Path) -> io::Result<Tail> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let (mut from, mut bytes) = (length, Vec::new());
    while from > 0 && bytes.split(|byte| *byte == b'\n').nth(2).is_none() {
        let begin = from.saturating_sub(BLOCK);
        file.seek(SeekFrom::Start(begin))?;
        let mut block = Vec::new();
        file.by_ref().take(from - begin).read_to_end(&mut block)?;
        block.append(&mut bytes);
        (from, bytes) = (begin, block);
    }
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let torn = bytes.split_off(whole);
    let last = bytes.split_inclusive(|byte| *byte == b'\n').next_back();
    Ok(Tail {
        last: last.map(<[u8]>::to_vec),
        end: from + whole as u64,
        torn,
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_tail_is_what_reading_the_whole_segment_gives() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("segment");
        let block = usize::try_from(BLOCK).unwrap();
        let lengths = [
            0,
            1,
            2,
            block - 2,
            block - 1,
            block,
            block + 1,
            2 * block,
            3 * block + 7,
        ];
        for first in lengths {
            for second in lengths {
                for torn in lengths {
                    let lines = [vec![b'a'; first], vec![b'b'; second], vec![b'c'; torn]];
                    fs::write(&path, lines.join(&b'\n')).unwrap();
                    let last = [&*lines[1], b"\n"].concat();
                    let end = (first + second + 2) as u64;
                    let expected = Tail {
                        last: Some(last),
                        end,
                        torn: lines[2].clone(),
                    };
                    assert_eq!(tail(&path).unwrap(), expected, "{first} {second} {torn}");
                }
            }
        }
    }

    #[test]
    fn a_segment_without_a_whole_line_has_no_last_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("segment");
        for torn in [Vec::new(), b"a".to_vec(), vec![b'a'; 40_000]] {
            fs::write(&path, &torn).unwrap();
            let expected = Tail {
                last: None,
                end: 0,
                torn,
            };
            assert_eq!(tail(&path).unwrap(), expected);
        }
    }
}
