use std::fmt;

use kd_core::Error;
use serde::{Deserialize, Serialize};

use crate::{Axis, Point};

/// Every combination of the values of some axes: the points of a search, in order.
///
/// The last axis runs fastest. Of points that score alike the first is chosen, so put the values that you would rather have
/// first.
///
/// Whether a value makes sense is mostly for the loss to say. [`checked`](Self::checked) asks it about every point before
/// anything is trained; a search that finds out at its last point has wasted the night.
///
/// In JSON it is the list of its axes.
///
/// # Example
///
/// ```
/// use kd_soft_label::KnowledgeDistillationLossConfig;
/// use kd_tune::{Axis, Grid, Point};
///
/// let loss = |point: &Point| {
///     KnowledgeDistillationLossConfig::new()
///         .with_temperature(point.value("temperature"))
///         .with_alpha(point.value("alpha"))
/// };
/// let grid = Grid::new([Axis::temperature([1.0, 4.0])?, Axis::alpha([0.5, 0.9])?])?;
/// let grid = grid.checked(|point| loss(point).try_init())?;
/// assert_eq!(grid.len(), 4);
/// assert_eq!(grid.point(1).to_string(), "temperature = 1, alpha = 0.9");
/// # Ok::<(), kd_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Axis>", into = "Vec<Axis>")]
pub struct Grid {
    axes: Vec<Axis>,
}

impl Grid {
    /// Of these axes.
    ///
    /// # Errors
    ///
    /// [`Error::Grid`] if there are none, two have one name, or there are more points than can be counted.
    pub fn new(axes: impl IntoIterator<Item = Axis>) -> Result<Self, Error> {
        let axes: Vec<Axis> = axes.into_iter().collect();
        let wrong = |reason: String| {
            let place = "it".into();
            Err(Error::Grid { place, reason })
        };
        if axes.is_empty() {
            return wrong("has no axes; give it one for each number that is to be tuned".into());
        }
        for (place, axis) in axes.iter().enumerate() {
            axis.check()?;
            if axes[..place].iter().any(|other| other.name() == axis.name()) {
                return wrong(format!("has two axes '{}'; give each a name of its own", axis.name()));
            }
        }
        let points = axes
            .iter()
            .try_fold(1usize, |points, axis| points.checked_mul(axis.values().len()));
        match points {
            Some(_) => Ok(Self { axes }),
            None => wrong("has more points than can be counted; tune fewer numbers at once".into()),
        }
    }

    /// The same grid, if `check` has nothing against any of its points.
    ///
    /// # Errors
    ///
    /// [`Error::Grid`] with the first point that it refuses, and its reason.
    pub fn checked<T, E: fmt::Display>(self, check: impl Fn(&Point) -> Result<T, E>) -> Result<Self, Error> {
        for point in self.points() {
            check(&point).map_err(|error| Error::Grid {
                place: format!("point {point}"),
                reason: format!("cannot be tried: {error}"),
            })?;
        }
        Ok(self)
    }

    /// What is tuned.
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// How many points there are; never 0.
    #[allow(clippy::len_without_is_empty, reason = "no grid is empty")]
    pub fn len(&self) -> usize {
        self.axes.iter().map(|axis| axis.values().len()).product()
    }

    /// The point of this number, from 0.
    ///
    /// # Panics
    ///
    /// If there are not as many.
    #[track_caller]
    pub fn point(&self, index: usize) -> Point {
        let count = self.len();
        assert!(index < count, "Grid: there is no point {index}; there are {count}");
        let mut rest = index;
        let mut values: Vec<_> = self
            .axes
            .iter()
            .rev()
            .map(|axis| {
                let value = axis.values()[rest % axis.values().len()];
                rest /= axis.values().len();
                (axis.name().to_owned(), value)
            })
            .collect();
        values.reverse();
        Point::new(values)
    }

    /// The number of this point, or `None` if it is none of the grid's. The order of its values is not looked at.
    pub fn index_of(&self, point: &Point) -> Option<usize> {
        let place = |axis: &Axis| {
            let value = point.get(axis.name())?;
            axis.values().iter().position(|known| *known == value)
        };
        let mut axes = self.axes.iter();
        let index = axes.try_fold(0, |index, axis| Some(index * axis.values().len() + place(axis)?))?;
        (point.iter().count() == self.axes.len()).then_some(index)
    }

    /// All points, in order.
    pub fn points(&self) -> impl Iterator<Item = Point> {
        (0..self.len()).map(|index| self.point(index))
    }
}

impl TryFrom<Vec<Axis>> for Grid {
    type Error = Error;

    fn try_from(axes: Vec<Axis>) -> Result<Self, Error> {
        Self::new(axes)
    }
}

impl From<Grid> for Vec<Axis> {
    fn from(grid: Grid) -> Self {
        grid.axes
    }
}

impl fmt::Display for Grid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, axis) in self.axes.iter().enumerate() {
            let cross = if place > 0 { " × " } else { "" };
            write!(f, "{cross}{} {:?}", axis.name(), axis.values())?;
        }
        Ok(())
    }
}
