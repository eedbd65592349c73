use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};

use crate::digits;

/// A value for each axis of a [`Grid`](crate::Grid), by name: what a trial tries.
///
/// It prints as `temperature = 4, alpha = 0.9`, and is an object in JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct Point(Vec<(String, f64)>);

impl Point {
    pub(crate) fn new(values: Vec<(String, f64)>) -> Self {
        Self(values)
    }

    /// The value of this name, or `None` if there is none.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.iter().find_map(|(known, value)| (known == name).then_some(value))
    }

    /// The value of this name.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[track_caller]
    pub fn value(&self, name: &str) -> f64 {
        self.get(name)
            .unwrap_or_else(|| panic!("Point: there is no '{name}' in {self}; ask for an axis of the grid"))
    }

    /// Names and values, in the order of the axes.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.0.iter().map(|(name, value)| (name.as_str(), *value))
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (name, value)) in self.iter().enumerate() {
            let comma = if place > 0 { ", " } else { "" };
            write!(f, "{comma}{name} = {value}")?;
        }
        Ok(())
    }
}

impl Serialize for Point {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Point {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder)
    }
}

/// Reads names and values in the order of the file, which a map would not keep.
struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Point;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("numbers by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Point, A::Error> {
        let mut values = Vec::new();
        while let Some((name, value)) = map.next_entry()? {
            values.push((name, digits::kept(value)));
        }
        Ok(Point(values))
    }
}
