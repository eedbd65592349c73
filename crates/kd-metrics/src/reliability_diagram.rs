use std::path::Path;

use kd_core::{Error, write_whole};
use plotters::prelude::*;

use crate::Calibration;

mod ink;
mod legend;
mod panel;

use ink::{Drawn, INK, LETTER, style, write};

/// No more models than these stand side by side.
const ACROSS: usize = 4;
/// Room around everything.
const EDGE: i32 = 18;
/// Room for the title.
const TITLE: i32 = 34;

/// Accuracy against confidence, bin by bin, of one model or of several side by side, as SVG (DeGroot & Fienberg, 1983; Guo
/// et al., 2017).
///
/// A bar is as high as the accuracy of its bin. What is between that and the bin's confidence is shaded: orange where
/// the model is overconfident, green where it is underconfident. MCE is the height of the largest shade, and ECE their mean height
/// over samples, of which the lower part shows how many each bin has: a wide gap with nobody in it matters little.
///
/// It needs the feature `plot`, and no font: whoever shows the picture has one.
///
/// # Convention
///
/// Guo's gaps are to the diagonal at the middle of the bin; these are to the mean confidence of its samples, from which
/// ECE and MCE are computed.
///
/// # Panics
///
/// [`svg`](Self::svg) and [`save`](Self::save) do if there is no model.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_metrics::{ReliabilityDiagram, Scores};
///
/// # let device = burn::tensor::Device::flex();
/// let mut scores = Scores::new();
/// scores.update(Tensor::from_floats([[2.0, 0.0], [1.0, 0.0]], &device), Tensor::from_ints([0, 1], &device));
/// let svg = ReliabilityDiagram::new("Two samples").with("student", scores.calibration()).svg();
/// assert!(svg.starts_with("<svg") && svg.contains("student") && svg.contains("accuracy 50.0 %"));
/// ```
///
/// # Reference
///
/// Chuan Guo, Geoff Pleiss, Yu Sun, Kilian Q. Weinberger: *On Calibration of Modern Neural Networks*, 2017,
/// arXiv:1706.04599, figures 1 and 4.
#[derive(Clone, Debug)]
pub struct ReliabilityDiagram {
    title: String,
    models: Vec<(String, Calibration)>,
}

impl ReliabilityDiagram {
    /// A picture with this title, of no model yet.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            models: Vec::new(),
        }
    }

    /// Adds a model.
    pub fn with(mut self, name: impl Into<String>, calibration: &Calibration) -> Self {
        self.models.push((name.into(), calibration.clone()));
        self
    }

    /// Draws it.
    #[track_caller]
    pub fn svg(&self) -> String {
        assert!(
            !self.models.is_empty(),
            "ReliabilityDiagram: there is no model to draw; add one with `.with(name, calibration)`"
        );
        let (across, down) = self.columns_and_rows();
        let width = across * panel::WIDTH + (across - 1) * panel::BETWEEN;
        let words = LETTER * self.title.chars().count() as i32 * 18 / 14;
        let width = 2 * EDGE + width.max(words).max(legend::WIDTH);
        let height = 2 * EDGE + TITLE + down * panel::HEIGHT + legend::HEIGHT;
        let mut svg = String::new();
        {
            let canvas = SVGBackend::with_string(&mut svg, (width as u32, height as u32)).into_drawing_area();
            self.paint(&canvas, [width, height])
                .and_then(|()| canvas.present())
                .expect("writing into a string does not fail");
        }
        svg
    }

    /// Writes it to a file. Whoever reads the file finds the old picture or the new one, and never half of one.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] if the file cannot be written; what was there before still is.
    #[track_caller]
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        write_whole(path, |temporary| std::fs::write(temporary, self.svg()))
    }

    /// As many rows as it takes, and in each about as many as in any other.
    fn columns_and_rows(&self) -> (i32, i32) {
        let models = self.models.len();
        let rows = models.div_ceil(ACROSS);
        (models.div_ceil(rows) as i32, rows as i32)
    }

    fn paint<'a>(&self, canvas: &ink::Canvas<'a>, [width, height]: [i32; 2]) -> Drawn<'a> {
        canvas.fill(&WHITE)?;
        write(canvas, &self.title, (width / 2, EDGE + 6), style(18, INK))?;
        let (across, _) = self.columns_and_rows();
        for (place, (name, calibration)) in self.models.iter().enumerate() {
            let (row, column) = (place as i32 / across, place as i32 % across);
            // The last row may be shorter, and then stands in the middle like the others.
            let here = across.min(self.models.len() as i32 - row * across);
            let taken = here * panel::WIDTH + (here - 1) * panel::BETWEEN;
            let left = (width - taken) / 2 + column * (panel::WIDTH + panel::BETWEEN);
            panel::draw(canvas, [left, EDGE + TITLE + row * panel::HEIGHT], name, calibration)?;
        }
        legend::draw(
            canvas,
            [(width - legend::WIDTH) / 2, height - EDGE - legend::HEIGHT / 2],
        )
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Tensor};

    use super::*;
    use crate::Predictions;

    fn calibration(probs: &[f32], labels: &[i32]) -> Calibration {
        let device = Device::flex();
        let rows: Vec<f32> = probs.iter().flat_map(|&p| [p, 1.0 - p]).collect();
        let probs = Tensor::<1>::from_floats(rows.as_slice(), &device).reshape([probs.len(), 2]);
        let mut calibration = Calibration::new(10);
        calibration.add(&Predictions::from_probs(probs, Tensor::from_ints(labels, &device)));
        calibration
    }

    fn count(svg: &str, colour: RGBColor) -> usize {
        let RGBColor(red, green, blue) = colour;
        svg.matches(&format!("#{red:02X}{green:02X}{blue:02X}")).count()
    }

    #[test]
    fn a_bin_too_sure_and_a_bin_too_modest_are_told_apart() {
        let sure = calibration(&[0.95, 0.95], &[0, 1]);
        let modest = calibration(&[0.65, 0.65], &[0, 0]);
        let shades = |calibration| {
            let svg = ReliabilityDiagram::new("").with("a", calibration).svg();
            // Each is in the legend once.
            [ink::TOO_SURE, ink::TOO_MODEST].map(|colour| count(&svg, colour) - 1)
        };
        assert_eq!((shades(&sure), shades(&modest)), ([1, 0], [0, 1]));
    }

    #[test]
    fn names_and_numbers_are_text() {
        let svg = ReliabilityDiagram::new("Teacher & student")
            .with("teacher", &calibration(&[0.95, 0.95, 0.95, 0.95], &[0, 0, 0, 1]))
            .with("student", &calibration(&[0.75], &[1]))
            .svg();
        for words in [
            "Teacher &amp; student",
            "teacher",
            "student",
            "accuracy 75.0 %",
            "ECE 20.0 %",
            "accuracy 0.0 %",
            "MCE 75.0 %",
        ] {
            assert!(svg.contains(words), "{words} is missing");
        }
    }

    #[test]
    fn no_samples_and_nan_are_said() {
        let svg = ReliabilityDiagram::new("")
            .with("none", &Calibration::default())
            .with("lost", &calibration(&[f32::NAN, 0.9], &[0, 0]))
            .svg();
        assert!(svg.contains("no samples") && svg.contains("ECE NaN"));
    }

    #[test]
    fn many_models_stand_in_rows() {
        let models = |count: usize| {
            let calibration = calibration(&[0.9], &[0]);
            let diagram = (0..count).fold(ReliabilityDiagram::new(""), |diagram, _| {
                diagram.with("a", &calibration)
            });
            diagram.columns_and_rows()
        };
        assert_eq!([1, 4, 5, 9].map(models), [(1, 1), (4, 1), (3, 2), (3, 3)]);
    }

    #[test]
    #[should_panic(expected = "there is no model to draw")]
    fn no_model_panics() {
        let _ = ReliabilityDiagram::new("nobody").svg();
    }
}
