//! The pictures: errors of every network, which block is like which, and photos that were gained.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use image::imageops::{FilterType, replace, resize};
use image::{ImageFormat, Rgb, RgbImage};
use kd::write_whole;
use kd_examples::cifar10::photos::{CLASSES, Photos, SIDE};
use kd_examples::failure::Failure;
use kd_examples::strip_plot::{Strip, strip_plot};

use crate::alignment::Alignment;
use crate::score::{Score, Way};

/// Photos of a class that are shown, at most.
const COLUMNS: usize = 12;
/// Side of a shown photo, pixels.
const CELL: usize = 2 * SIDE;
/// Between two photos, pixels.
const GAP: usize = 4;

/// Draws the errors of every network and seed into `errors.svg`.
///
/// # Errors
///
/// [`Failure`] when it cannot be drawn or written.
pub fn errors(folder: &Path, scores: &[Score]) -> Result<(), Failure> {
    let strips = Way::ALL.map(|who| Strip {
        name: who.name().into(),
        values: scores
            .iter()
            .filter(|score| score.who == who)
            .map(Score::error_percent)
            .collect(),
    });
    // Errors of a few networks lie close together, and dots need no zero below them.
    let least = scores.iter().map(Score::error_percent).fold(100.0, f64::min);
    let images = scores.first().map_or(0, |score| score.images);
    let svg = strip_plot(
        "A dot for each seed, a line at the mean",
        &format!("errors on {images} images, percent"),
        10.0 * (least / 10.0).floor(),
        &strips,
    )?;
    Ok(write_whole(folder.join("errors.svg"), |temporary| {
        fs::write(temporary, &svg)
    })?)
}

/// Draws which blocks are alike into `cka_seed_N.svg`.
///
/// # Errors
///
/// [`Failure`] when it cannot be written.
pub fn similarity(folder: &Path, alignment: &Alignment) -> Result<(), Failure> {
    let title = "CKA of student and teacher; framed: paired by alignment";
    let svg = alignment.similarity.heat_map(title, Some(&alignment.by_alignment));
    let file = folder.join(format!("cka_seed_{}.svg", alignment.seed));
    Ok(write_whole(file, |temporary| fs::write(temporary, &svg))?)
}

/// Puts the photos of these rows into `gained_seed_N.png`, a row for each class in the order of their names, the first twelve
/// of each.
///
/// # Errors
///
/// [`Failure`] when it cannot be written.
pub fn gained(folder: &Path, seed: u64, photos: &Photos, rows: &[usize]) -> Result<(), Failure> {
    let mut png = Cursor::new(Vec::new());
    grid(photos, rows).write_to(&mut png, ImageFormat::Png)?;
    let file = folder.join(format!("gained_seed_{seed}.png"));
    Ok(write_whole(file, |temporary| fs::write(temporary, png.get_ref()))?)
}

fn grid(photos: &Photos, rows: &[usize]) -> RgbImage {
    let place = |at: usize| (GAP + at * (CELL + GAP)) as u32;
    let mut picture = RgbImage::from_pixel(place(COLUMNS), place(CLASSES), Rgb([255; 3]));
    for class in 0..CLASSES {
        let of_class = rows.iter().filter(|row| usize::from(photos.labels()[**row]) == class);
        for (column, row) in of_class.take(COLUMNS).enumerate() {
            let photo = resize(
                &photo(photos.image(*row)),
                CELL as u32,
                CELL as u32,
                FilterType::CatmullRom,
            );
            replace(&mut picture, &photo, place(column).into(), place(class).into());
        }
    }
    picture
}

fn photo(planes: &[u8]) -> RgbImage {
    let at = |colour: usize, x: u32, y: u32| planes[(colour * SIDE + y as usize) * SIDE + x as usize];
    RgbImage::from_fn(SIDE as u32, SIDE as u32, |x, y| {
        Rgb([0, 1, 2].map(|colour| at(colour, x, y)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kd_examples::cifar10::photos::BYTES;

    #[test]
    fn photos_stand_in_the_row_of_their_class() {
        let mut photos = Photos::default();
        for label in [4, 0, 4] {
            let mut image = [10 * label; BYTES];
            image[..BYTES / 3].fill(200);
            photos.push(&image, label);
        }
        let picture = grid(&photos, &[2, 0]);
        let middle = |column: usize, row: usize| {
            let at = |place: usize| (GAP + place * (CELL + GAP) + CELL / 2) as u32;
            picture.get_pixel(at(column), at(row)).0
        };
        assert_eq!((middle(0, 4), middle(1, 4)), ([200, 40, 40], [200, 40, 40]));
        assert_eq!((middle(2, 4), middle(0, 0)), ([255; 3], [255; 3]));
        let folder = tempfile::tempdir().unwrap();
        gained(folder.path(), 7, &photos, &[0]).unwrap();
        let size = image::image_dimensions(folder.path().join("gained_seed_7.png")).unwrap();
        assert_eq!(size, picture.dimensions());
    }
}
