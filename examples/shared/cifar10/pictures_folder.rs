//! CIFAR-10 as a folder of pictures for each class, which is what burn's cache holds.

use std::panic::AssertUnwindSafe;
use std::path::Path;

use burn_dataset::Dataset;
use burn_dataset::vision::{Annotation, ImageDatasetItem, ImageFolderDataset};

use super::data_error::DataError;
use super::photos::{BYTES, NAMES, Photos, SIDE};
use crate::caught::caught;

/// Reads a folder that holds a folder for each class, in it PNG, JPEG or BMP of 32 × 32 pixels.
///
/// # Errors
///
/// [`DataError::Pictures`] when a class or its pictures are missing, and when a picture cannot be used.
pub fn read(folder: &Path) -> Result<Photos, DataError> {
    let refused = |reason: String| DataError::Pictures {
        folder: folder.to_path_buf(),
        reason,
    };
    if let Some(name) = NAMES.iter().find(|name| !folder.join(name).is_dir()) {
        return Err(refused(format!("there is no folder {name} in it")));
    }
    let dataset = ImageFolderDataset::new_classification(folder).map_err(|error| refused(error.to_string()))?;
    decode(&dataset).map_err(refused)
}

/// Decodes all pictures of a dataset.
///
/// # Errors
///
/// Which picture cannot be used, and why.
pub fn decode(dataset: &ImageFolderDataset) -> Result<Photos, String> {
    // A picture that cannot be decoded is a panic there.
    caught(AssertUnwindSafe(|| {
        let mut photos = Photos::default();
        for row in 0..dataset.len() {
            add(&mut photos, dataset.get(row).map_err(|error| error.to_string())?)?;
        }
        Ok(photos)
    }))?
}

fn add(photos: &mut Photos, item: ImageDatasetItem) -> Result<(), String> {
    let ImageDatasetItem {
        image,
        image_width,
        image_height,
        annotation,
        image_path,
    } = item;
    let bytes: Vec<u8> = image.try_into().map_err(|error| format!("{image_path}: {error}"))?;
    if [image_width, image_height, bytes.len()] != [SIDE, SIDE, BYTES] {
        return Err(format!(
            "{image_path} has {image_width} x {image_height} pixels and {} bytes, and 32 x 32 in red, green and blue are needed",
            bytes.len()
        ));
    }
    let label = match annotation {
        Annotation::Label(label) if label < NAMES.len() => label as u8,
        other => return Err(format!("{image_path} is of {other:?}, and there are ten classes")),
    };
    // Pictures hold a pixel's three colours side by side, and networks a plane for each colour.
    let planes: Vec<u8> = (0..3)
        .flat_map(|colour| bytes.iter().skip(colour).step_by(3).copied())
        .collect();
    photos.push(&planes, label);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use image::{Rgb, RgbImage};

    use super::*;

    #[test]
    fn a_picture_becomes_planes() {
        let root = tempfile::tempdir().unwrap();
        for (class, name) in NAMES.iter().enumerate() {
            fs::create_dir(root.path().join(name)).unwrap();
            let picture = RgbImage::from_pixel(32, 32, Rgb([class as u8, 100, 200]));
            picture.save(root.path().join(name).join("a.png")).unwrap();
        }
        let photos = read(root.path()).unwrap();
        assert_eq!(photos.labels(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        let image = photos.image(7);
        assert_eq!((image[0], image[SIDE * SIDE], image[BYTES - 1]), (7, 100, 200));
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let root = tempfile::tempdir().unwrap();
        let message = || read(root.path()).unwrap_err().to_string();
        assert!(message().contains("no folder airplane"), "{}", message());
        for name in NAMES {
            fs::create_dir(root.path().join(name)).unwrap();
        }
        RgbImage::new(8, 8).save(root.path().join("cat/small.png")).unwrap();
        assert!(message().contains("small.png has 8 x 8 pixels"), "{}", message());
        fs::write(root.path().join("bird/broken.png"), b"no picture").unwrap();
        assert!(message().contains(&root.path().display().to_string()), "{}", message());
    }
}
