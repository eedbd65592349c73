//! What the losses that are a divergence between softened distributions have in common.

/// Makes `XLossConfig` and `XLoss`: a burn config and module around a [`Divergence`](kd_kernels::Divergence).
///
/// Given are the documentation of the loss, its parameters beside the temperature (each with default and check), the
/// divergence they choose, and the factor that the temperature brings in.
macro_rules! divergence_loss {
    (
        $(#[$doc:meta])*
        $loss:ident, $config:ident {
            $($(#[$parameter_doc:meta])* $parameter:ident = $default:literal, checked by $check:expr;)*
        }
        divergence: $divergence:expr,
        times: $factor:expr $(,)?
    ) => {
        #[doc = concat!("Configuration of a [`", stringify!($loss), "`].")]
        #[derive(burn::config::Config, Debug)]
        pub struct $config {
            $(
                $(#[$parameter_doc])*
                #[config(default = $default)]
                pub $parameter: f64,
            )*
            /// T: how much both distributions are flattened. Finite and above 0.
            #[config(default = 1.0)]
            pub temperature: f64,
        }

        impl $config {
            /// Makes the loss.
            ///
            /// # Panics
            ///
            /// If a parameter is outside its range.
            #[track_caller]
            pub fn init(&self) -> $loss {
                kd_core::check::must(self.try_init())
            }

            /// Makes the loss, for values that come from a file or a command line.
            ///
            /// # Errors
            ///
            /// [`Error::InvalidValue`](kd_core::Error::InvalidValue) if a parameter is outside its range.
            pub fn try_init(&self) -> Result<$loss, kd_core::Error> {
                $($check(stringify!($config), self.$parameter)?;)*
                kd_core::check::temperature(stringify!($config), self.temperature)?;
                Ok($loss { $($parameter: self.$parameter,)* temperature: self.temperature })
            }
        }

        $(#[$doc])*
        #[derive(burn::module::Module, Debug)]
        #[module(custom_display)]
        pub struct $loss {
            $($parameter: f64,)*
            temperature: f64,
        }

        impl $loss {
            $(
                $(#[$parameter_doc])*
                pub fn $parameter(&self) -> f64 {
                    self.$parameter
                }
            )*

            /// The temperature in use.
            pub fn temperature(&self) -> f64 {
                self.temperature
            }

            /// The same loss at another temperature, for example the next one of a [`Schedule`](kd_core::Schedule).
            ///
            /// # Panics
            ///
            /// If the temperature is 0, negative, NaN or infinite.
            #[track_caller]
            pub fn with_temperature(self, temperature: f64) -> Self {
                $config { $($parameter: self.$parameter,)* temperature }.init()
            }
        }

        crate::divergence_loss::on_logits!($loss, $divergence, $factor);

        impl burn::module::ModuleDisplay for $loss {
            fn custom_settings(&self) -> Option<burn::module::DisplaySettings> {
                burn::module::DisplaySettings::new()
                    .with_new_line_after_attribute(false)
                    .optional()
            }

            fn custom_content(&self, content: burn::module::Content) -> Option<burn::module::Content> {
                content
                    $(.add(stringify!($parameter), &self.$parameter))*
                    .add("temperature", &self.temperature)
                    .optional()
            }
        }
    };
}

/// Implements [`DistillLoss`](kd_core::DistillLoss) for a loss that is `factor(temperature)` times a divergence, on logits and
/// on what logits are made of.
macro_rules! on_logits {
    ($loss:ident, $divergence:expr, $factor:expr) => {
        impl $loss {
            fn divergence(&self) -> kd_kernels::Divergence {
                let divergence: fn(&Self) -> kd_kernels::Divergence = $divergence;
                divergence(self)
            }

            fn factor(&self) -> f64 {
                let factor: fn(f64) -> f64 = $factor;
                factor(self.temperature)
            }
        }

        impl<const D: usize> kd_core::DistillLoss<burn::tensor::Tensor<D>> for $loss {
            #[track_caller]
            fn per_sample(
                &self,
                student: burn::tensor::Tensor<D>,
                teacher: burn::tensor::Tensor<D>,
            ) -> burn::tensor::Tensor<1> {
                use kd_core::rows::flatten_rows;
                kd_core::check::logits(stringify!($loss), &student, &teacher);
                let (student, teacher) = (flatten_rows(student), flatten_rows(teacher));
                kd_kernels::divergence(student, teacher, self.divergence(), self.temperature) * self.factor()
            }
        }

        impl kd_core::DistillLoss<kd_core::LinearLogits> for $loss {
            #[track_caller]
            fn per_sample(
                &self,
                student: kd_core::LinearLogits,
                teacher: kd_core::LinearLogits,
            ) -> burn::tensor::Tensor<1> {
                self.per_sample(student.logits(), teacher.logits())
            }

            #[track_caller]
            fn forward(
                &self,
                student: kd_core::LinearLogits,
                teacher: kd_core::LinearLogits,
            ) -> burn::tensor::Tensor<1> {
                let (divergence, temperature) = (self.divergence(), self.temperature);
                crate::linear::mean(stringify!($loss), student, teacher, divergence, temperature) * self.factor()
            }

            #[track_caller]
            fn forward_masked(
                &self,
                student: kd_core::LinearLogits,
                teacher: kd_core::LinearLogits,
                mask: burn::tensor::Tensor<1, burn::tensor::Bool>,
            ) -> burn::tensor::Tensor<1> {
                let (divergence, temperature) = (self.divergence(), self.temperature);
                crate::linear::masked_mean(stringify!($loss), student, teacher, mask, divergence, temperature)
                    * self.factor()
            }
        }
    };
}

pub(crate) use {divergence_loss, on_logits};

/// T², which keeps the gradient of a divergence about as large at any temperature.
pub(crate) fn squared(temperature: f64) -> f64 {
    temperature * temperature
}
