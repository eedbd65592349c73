//! The networks that can be asked for by name: `resnet20`, `wrn-40-2`.

use std::fmt::{self, Display};
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// A family and a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Architecture {
    /// Residual networks for small images (He and others, 2016): 6n + 2 layers in three groups of n blocks.
    ResNet {
        /// n
        blocks: usize,
    },
    /// Wide residual networks (Zagoruyko & Komodakis, 2016): 6n + 4 layers in three groups of n blocks.
    Wide {
        /// n
        blocks: usize,
        /// How many times as wide as a ResNet.
        width: usize,
    },
}

/// Why a name is no architecture, and what is one.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "there is no network {0:?}: give resnetD with D = 8, 14, 20, 32, 44, 56, 110 or any other 6n + 2, or wrn-D-K with \
     D = 10, 16, 22, 28, 40 or any other 6n + 4 and K = 1, 2, ... times the width"
)]
pub struct UnknownNetwork(String);

impl Architecture {
    /// Blocks in each of the three groups.
    pub fn blocks(self) -> usize {
        match self {
            Self::ResNet { blocks } | Self::Wide { blocks, .. } => blocks,
        }
    }

    /// Channels of each group.
    pub fn channels(self) -> [usize; 3] {
        let width = match self {
            Self::ResNet { .. } => 1,
            Self::Wide { width, .. } => width,
        };
        [16, 32, 64].map(|channels| channels * width)
    }

    /// The blocks' names in the order of the network: `1.1`, `1.2`, … `3.n`, the group first.
    pub fn block_names(self) -> Vec<String> {
        let names = |group| (1..=self.blocks()).map(move |block| format!("{group}.{block}"));
        (1..=3).flat_map(names).collect()
    }
}

impl FromStr for Architecture {
    type Err = UnknownNetwork;

    fn from_str(name: &str) -> Result<Self, UnknownNetwork> {
        // 6n and a few layers more; n is at least 1.
        let blocks = |depth: &str, more| {
            let depth: usize = depth.parse().ok()?;
            let inside = depth.checked_sub(more)?;
            (inside > 0 && inside.is_multiple_of(6)).then_some(inside / 6)
        };
        let resnet = |name: &str| {
            let blocks = blocks(name.strip_prefix("resnet")?, 2)?;
            Some(Self::ResNet { blocks })
        };
        let wide = |name: &str| {
            let (depth, width) = name.strip_prefix("wrn-")?.split_once('-')?;
            let width = width.parse().ok().filter(|width| *width > 0)?;
            let blocks = blocks(depth, 4)?;
            Some(Self::Wide { blocks, width })
        };
        resnet(name)
            .or_else(|| wide(name))
            .ok_or_else(|| UnknownNetwork(name.into()))
    }
}

impl Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ResNet { blocks } => write!(f, "resnet{}", 6 * blocks + 2),
            Self::Wide { blocks, width } => write!(f, "wrn-{}-{width}", 6 * blocks + 4),
        }
    }
}

impl Serialize for Architecture {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for name in [
            "resnet8",
            "resnet20",
            "resnet56",
            "resnet110",
            "wrn-16-1",
            "wrn-16-2",
            "wrn-40-2",
        ] {
            assert_eq!(name.parse::<Architecture>().unwrap().to_string(), name);
        }
    }

    #[test]
    fn what_is_no_network_is_answered_with_what_is() {
        for name in [
            "resnet",
            "resnet2",
            "resnet18",
            "resnet-20",
            "wrn-40",
            "wrn-40-0",
            "wrn-18-1",
            "vgg8",
            "",
        ] {
            let message = name.parse::<Architecture>().unwrap_err().to_string();
            assert!(
                message.contains(&format!("{name:?}")) && message.contains("6n + 2"),
                "{message}"
            );
        }
    }

    #[test]
    fn blocks_are_named_by_group_and_place() {
        let names = Architecture::ResNet { blocks: 2 }.block_names();
        assert_eq!(names, ["1.1", "1.2", "2.1", "2.2", "3.1", "3.2"]);
    }
}
