use kd_core::{Error, Features, check};

/// One side's layers.
#[derive(Clone, Debug)]
pub(super) struct Side {
    who: &'static str,
    pub names: Vec<String>,
    /// Σ HSIC of each layer with itself.
    pub own: Vec<f64>,
}

impl Side {
    pub fn new(who: &'static str) -> Self {
        Self {
            who,
            names: Vec::new(),
            own: Vec::new(),
        }
    }

    pub fn begin(&mut self, features: &Features) {
        self.names = features.names().map(Into::into).collect();
        self.own = vec![0.0; self.names.len()];
    }

    pub fn still(&self, features: &Features) -> Result<(), Error> {
        if features.names().eq(self.names.iter().map(String::as_str)) {
            return Ok(());
        }
        Err(Error::OtherLayers {
            side: self.who,
            known: self.names.clone(),
            found: features.names().map(Into::into).collect(),
        })
    }
}

/// How many samples every layer has.
#[track_caller]
pub(super) fn samples(sides: [&Features; 2]) -> usize {
    for (side, features) in ["student", "teacher"].iter().zip(sides) {
        assert!(
            features.iter().len() > 0,
            "Cka: the {side}'s features hold no layer; add those to compare with `Features::with`"
        );
    }
    let mut layers = sides.into_iter().flat_map(Features::iter);
    let (first, feature) = layers.next().expect("there is a layer on each side");
    let samples = feature.batch();
    check::not_empty("Cka", samples);
    for (name, feature) in layers {
        assert!(
            feature.batch() == samples,
            "Cka: layer '{name}' has {} samples and '{first}' has {samples}; give both sides the same samples, in the same order",
            feature.batch()
        );
    }
    samples
}
