use std::path::Path;

use burn::config::Config;

use crate::Error;

/// Reads any Burn [`Config`] (every loss's configuration is one) from a JSON file.
///
/// # Errors
///
/// [`Error::Read`] if the file cannot be read and [`Error::Config`] if it is not a `C`; both name the file.
///
/// # Example
///
/// ```
/// use burn::config::Config;
/// use kd_core::{Schedule, load_config};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = std::env::temp_dir().join(format!("kd-core-doc-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let file = folder.join("temperature.json");
/// Schedule::linear(20.0, 4.0, 1000).save(&file)?;
/// let temperature: Schedule = load_config(&file)?;
/// assert_eq!(temperature.at(500), 12.0);
/// # std::fs::remove_dir_all(folder)?;
/// # Ok(())
/// # }
/// ```
pub fn load_config<C: Config>(path: impl AsRef<Path>) -> Result<C, Error> {
    let path = path.as_ref();
    let bytes = std::fs::read(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })?;
    C::load_binary(&bytes).map_err(|reason| Error::Config {
        path: path.to_owned(),
        expected: std::any::type_name::<C>(),
        reason: reason.to_string(),
    })
}
