/// The inputs of a loss as plain numbers, which laws can permute, pad and cut.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// Numbers per row.
    pub width: usize,
    /// The student's rows, row-major.
    pub student: Vec<f64>,
    /// The teacher's rows, row-major.
    pub teacher: Vec<f64>,
    /// A class per row.
    pub labels: Vec<usize>,
}

impl Batch {
    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.labels.len()
    }

    /// The rows with these indices, in this order; an index may come more than once.
    pub fn select(&self, rows: &[usize]) -> Self {
        let pick = |values: &[f64]| {
            let row = |&index: &usize| &values[index * self.width..(index + 1) * self.width];
            rows.iter().flat_map(row).copied().collect()
        };
        Self {
            width: self.width,
            student: pick(&self.student),
            teacher: pick(&self.teacher),
            labels: rows.iter().map(|&index| self.labels[index]).collect(),
        }
    }

    /// This batch, then `other`.
    pub fn concat(&self, other: &Self) -> Self {
        assert_eq!(self.width, other.width);
        Self {
            width: self.width,
            student: [self.student.as_slice(), &other.student].concat(),
            teacher: [self.teacher.as_slice(), &other.teacher].concat(),
            labels: [self.labels.as_slice(), &other.labels].concat(),
        }
    }

    /// The student's and the teacher's numbers through a function.
    pub fn map(&self, change: impl Fn(f64) -> f64) -> Self {
        Self {
            student: self.student.iter().map(|&x| change(x)).collect(),
            teacher: self.teacher.iter().map(|&x| change(x)).collect(),
            ..self.clone()
        }
    }

    /// The columns in this order, in every row of student and teacher; labels follow their classes.
    pub fn permute_columns(&self, order: &[usize]) -> Self {
        let permute = |values: &[f64]| {
            let rows = values.chunks(self.width);
            rows.flat_map(|row| order.iter().map(|&column| row[column])).collect()
        };
        let moved = |label: &usize| order.iter().position(|column| column == label).unwrap();
        Self {
            width: self.width,
            student: permute(&self.student),
            teacher: permute(&self.teacher),
            labels: self.labels.iter().map(moved).collect(),
        }
    }

    /// `more` columns of `value` at the end of every row of student and teacher.
    pub fn widen(&self, more: usize, value: f64) -> Self {
        let widen = |values: &[f64]| {
            let rows = values.chunks(self.width);
            rows.flat_map(|row| row.iter().copied().chain(std::iter::repeat_n(value, more)))
                .collect()
        };
        Self {
            width: self.width + more,
            student: widen(&self.student),
            teacher: widen(&self.teacher),
            labels: self.labels.clone(),
        }
    }
}
