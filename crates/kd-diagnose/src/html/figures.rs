//! The pictures of the page; without the feature `plot` there are none.

use crate::Report;

/// Each as HTML, or nothing.
#[derive(Default)]
pub(super) struct Figures {
    pub softness: String,
    pub reliability: String,
    pub classes: String,
    pub gradients: String,
}

#[cfg(not(feature = "plot"))]
impl Figures {
    pub fn of(_report: &Report) -> Self {
        Self::default()
    }
}

#[cfg(feature = "plot")]
impl Figures {
    pub fn of(report: &Report) -> Self {
        use crate::picture;

        let least = super::sections::least(report);
        Self {
            softness: report
                .softness
                .as_ref()
                .map_or(String::new(), |softness| figure(picture::softness(softness))),
            reliability: reliability(report).map_or(String::new(), figure),
            classes: figure(picture::classes(&least)),
            gradients: report
                .gradients
                .as_ref()
                .map_or(String::new(), |gradients| figure(picture::gradients(gradients))),
        }
    }
}

#[cfg(feature = "plot")]
fn reliability(report: &Report) -> Option<String> {
    let (student, teacher) = (report.student.as_ref()?, report.teacher.as_ref()?);
    let diagram = kd_metrics::ReliabilityDiagram::new("Are they right as often as they say?")
        .with("student", &student.calibration)
        .with("teacher", &teacher.calibration);
    Some(diagram.svg())
}

/// Within HTML an SVG needs no name space, and then there is no address in the page.
#[cfg(feature = "plot")]
fn figure(svg: String) -> String {
    format!(
        "<figure>{}</figure>\n",
        svg.replace(" xmlns=\"http://www.w3.org/2000/svg\"", "")
    )
}
