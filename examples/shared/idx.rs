//! The IDX format of MNIST: four bytes of magic number, the sizes, and then plain bytes; raw or gzipped.

use std::fs;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;

use crate::digits::{CLASSES, Digits, PIXELS, SIDE};
use crate::idx_error::IdxError;

/// First four bytes of a file of images: unsigned bytes in three dimensions.
const IMAGES_MAGIC: u32 = 0x0803;
/// First four bytes of a file of labels: unsigned bytes in one dimension.
const LABELS_MAGIC: u32 = 0x0801;

/// A file's bytes, as they are or gzipped, with the name that error messages give it.
#[derive(Clone, Debug)]
pub struct IdxFile {
    name: String,
    bytes: Vec<u8>,
}

impl IdxFile {
    /// Takes bytes that are in memory already; unpacks them when they are gzipped.
    ///
    /// # Errors
    ///
    /// [`IdxError::Unreadable`] when the bytes begin like gzip and cannot be unpacked.
    pub fn new(name: impl Into<String>, bytes: &[u8]) -> Result<Self, IdxError> {
        let name = name.into();
        let bytes = if bytes.starts_with(&[0x1f, 0x8b]) {
            let mut unpacked = Vec::new();
            GzDecoder::new(bytes)
                .read_to_end(&mut unpacked)
                .map_err(|source| IdxError::Unreadable {
                    file: name.clone(),
                    source,
                })?;
            unpacked
        } else {
            bytes.to_vec()
        };
        Ok(Self { name, bytes })
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`IdxError::Unreadable`] when it cannot be read or unpacked.
    pub fn open(path: &Path) -> Result<Self, IdxError> {
        let name = path.display().to_string();
        let bytes = fs::read(path).map_err(|source| IdxError::Unreadable {
            file: name.clone(),
            source,
        })?;
        Self::new(name, &bytes)
    }

    /// Big-endian number at this place of the header.
    fn number(&self, place: usize) -> Result<u32, IdxError> {
        let bytes = self.bytes.get(place * 4..).and_then(|rest| rest.first_chunk());
        bytes
            .map(|bytes| u32::from_be_bytes(*bytes))
            .ok_or_else(|| self.length(place as u64 * 4 + 4))
    }

    fn length(&self, expected: u64) -> IdxError {
        IdxError::Length {
            file: self.name.clone(),
            expected,
            actual: self.bytes.len() as u64,
        }
    }

    fn expect_magic(&self, expected: u32) -> Result<(), IdxError> {
        let actual = self.number(0)?;
        let hint = match actual {
            IMAGES_MAGIC => "is it the images file?",
            LABELS_MAGIC => "is it the labels file?",
            _ => "it is no IDX file of unsigned bytes",
        };
        if actual == expected {
            Ok(())
        } else {
            Err(IdxError::Magic {
                file: self.name.clone(),
                expected,
                actual,
                hint,
            })
        }
    }

    /// What follows a header of `header` bytes, which announces `items` items of `item` bytes.
    fn body(self, header: usize, items: u32, item: usize) -> Result<Vec<u8>, IdxError> {
        let expected = header as u64 + u64::from(items) * item as u64;
        if self.bytes.len() as u64 != expected {
            return Err(self.length(expected));
        }
        let mut bytes = self.bytes;
        Ok(bytes.split_off(header))
    }
}

/// Reads one file of images and one of labels.
///
/// # Errors
///
/// Any [`IdxError`] but the missing ones: wrong magic number, wrong length, other image size, other
/// number of labels than images, a label above 9, no images.
pub fn read(images: IdxFile, labels: IdxFile) -> Result<Digits, IdxError> {
    images.expect_magic(IMAGES_MAGIC)?;
    labels.expect_magic(LABELS_MAGIC)?;
    let (height, width) = (images.number(2)?, images.number(3)?);
    if (height, width) != (SIDE as u32, SIDE as u32) {
        return Err(IdxError::ImageSize {
            file: images.name,
            height,
            width,
        });
    }
    let (image_count, label_count) = (images.number(1)?, labels.number(1)?);
    let (images_file, labels_file) = (images.name.clone(), labels.name.clone());
    let pixels = images.body(16, image_count, PIXELS)?;
    let labels = labels.body(8, label_count, 1)?;
    if image_count != label_count {
        let (images, labels) = (image_count as usize, label_count as usize);
        return Err(IdxError::Count {
            images_file,
            labels_file,
            images,
            labels,
        });
    }
    if labels.is_empty() {
        return Err(IdxError::Empty(images_file));
    }
    if let Some(row) = labels.iter().position(|label| usize::from(*label) >= CLASSES) {
        return Err(IdxError::Label {
            file: labels_file,
            row,
            label: labels[row],
        });
    }
    Ok(Digits::new(pixels, labels))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    /// Two images, all 7 and all 8, with the header changed as asked.
    fn images(magic: u32, [count, height, width]: [u32; 3]) -> Vec<u8> {
        let header = [magic, count, height, width].map(u32::to_be_bytes).concat();
        [header, vec![7; PIXELS], vec![8; PIXELS]].concat()
    }

    fn labels(magic: u32, labels: &[u8]) -> Vec<u8> {
        [&magic.to_be_bytes()[..], &(labels.len() as u32).to_be_bytes(), labels].concat()
    }

    const SIZES: [u32; 3] = [2, 28, 28];

    fn read_bytes(images: &[u8], labels: &[u8]) -> Result<Digits, IdxError> {
        read(IdxFile::new("IMAGES", images)?, IdxFile::new("LABELS", labels)?)
    }

    fn message(images: &[u8], labels: &[u8]) -> String {
        read_bytes(images, labels).unwrap_err().to_string()
    }

    #[track_caller]
    fn assert_says(message: &str, parts: &[&str]) {
        for part in parts {
            assert!(message.contains(part), "{part:?} is missing in {message:?}");
        }
    }

    #[test]
    fn reads_raw_and_gzipped() {
        let (images, labels) = (images(0x0803, SIZES), labels(0x0801, &[3, 9]));
        let digits = read_bytes(&images, &labels).unwrap();
        assert_eq!(digits.labels(), [3, 9]);
        assert_eq!((digits.image(0), digits.image(1)), (&[7; PIXELS][..], &[8; PIXELS][..]));
        let gzip = |bytes: &[u8]| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        };
        assert_eq!(read_bytes(&gzip(&images), &gzip(&labels)).unwrap(), digits);
        let half = gzip(&images)[..20].to_vec();
        assert_says(&message(&half, &labels), &["IMAGES", "fetch the file again"]);
    }

    #[test]
    fn a_truncated_file_is_measured() {
        let whole = images(0x0803, SIZES);
        let labels = labels(0x0801, &[3, 9]);
        assert_says(
            &message(&whole[..1000], &labels),
            &["IMAGES", "1000 bytes", "1584", "truncated"],
        );
        assert_says(&message(&whole, &labels[..9]), &["LABELS", "9 bytes", "10"]);
        assert_says(&message(&whole[..6], &labels), &["IMAGES", "6 bytes"]);
        assert_says(&message(&[], &labels), &["IMAGES", "0 bytes"]);
        assert_says(&message(&[whole, vec![0]].concat(), &labels), &["1585 bytes"]);
    }

    #[test]
    fn a_header_that_promises_too_much_asks_for_no_memory() {
        assert_says(
            &message(&images(0x0803, [u32::MAX, 28, 28]), &labels(0x0801, &[3, 9])),
            &["1584 bytes", "truncated"],
        );
    }

    #[test]
    fn a_wrong_magic_number_is_named_and_guessed_at() {
        let (images, labels) = (images(0x0803, SIZES), labels(0x0801, &[3, 9]));
        assert_says(
            &message(&labels, &images),
            &["IMAGES", "0x00000801", "0x00000803", "is it the labels file?"],
        );
        assert_says(&message(&images, &images), &["LABELS", "is it the images file?"]);
        assert_says(&message(b"PK zip!!", &labels), &["IMAGES", "0x504b207a", "no IDX file"]);
    }

    #[test]
    fn other_sizes_and_counts_are_refused() {
        let labels_of = |bytes: &[u8]| labels(0x0801, bytes);
        assert_says(
            &message(&images(0x0803, [2, 32, 32]), &labels_of(&[3, 9])),
            &["IMAGES", "32 x 32", "28 x 28"],
        );
        assert_says(
            &message(&images(0x0803, SIZES), &labels_of(&[3])),
            &["2 images", "1 labels", "IMAGES", "LABELS"],
        );
        let none = [0x0803u32, 0, 28, 28].map(u32::to_be_bytes).concat();
        assert_says(&message(&none, &labels_of(&[])), &["IMAGES", "no images"]);
    }

    #[test]
    fn a_label_that_is_no_digit_is_found() {
        assert_says(
            &message(&images(0x0803, SIZES), &labels(0x0801, &[3, 10])),
            &["LABELS", "image 1", "label 10"],
        );
    }
}
