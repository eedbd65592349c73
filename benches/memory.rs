//! How much more memory a step needs at its peak, over its inputs. Linux only: it asks `/proc`.
//!
//! Each case runs in a process of its own, for memory that one has freed may still count for the next.

use std::{env, fs, hint::black_box, process::Command};

use burn::tensor::{Device, Tensor, activation::log_softmax};
use kd::{DistillLoss, LinearLogits, soft_label::SoftLabelLossConfig};
use kd_benches::logits;

const MIB: f64 = 1024.0 * 1024.0;

/// A case: its name, and what it runs between two looks at the memory.
type Case = (&'static str, fn(&dyn Fn(&mut dyn FnMut())));

const CASES: [Case; 5] = [
    ("KL [512 x 32000], kernel", |measure| kl(measure, true)),
    ("KL [512 x 32000], composed", |measure| kl(measure, false)),
    ("linear KL, 1024 rows, 384 -> 128256, some rows at a time", |measure| {
        linear(measure, Linear::SomeRows)
    }),
    ("linear KL, 1024 rows, 384 -> 128256, all at once, kernel", |measure| {
        linear(measure, Linear::Kernel)
    }),
    (
        "linear KL, 1024 rows, 384 -> 128256, all at once, composed",
        |measure| linear(measure, Linear::Composed),
    ),
];

fn main() {
    match env::var("KD_MEMORY_CASE") {
        Ok(case) => {
            let case: usize = case.parse().expect("the number of a case");
            CASES[case].1(&|step| println!("{}", extra_peak(step)));
        }
        Err(_) => {
            println!("| step | extra peak, MiB | over one gradient of the logits |\n|---|--:|--:|");
            for (i, (name, _)) in CASES.iter().enumerate() {
                let program = env::current_exe().expect("this program has a path");
                let output = Command::new(program)
                    .env("KD_MEMORY_CASE", i.to_string())
                    .output()
                    .expect("it runs again");
                let bytes: f64 = String::from_utf8_lossy(&output.stdout)
                    .trim()
                    .parse()
                    .expect("a number of bytes");
                let gradient = if i < 2 {
                    512.0 * 32_000.0 * 4.0
                } else {
                    1024.0 * 128_256.0 * 4.0
                };
                println!("| {name} | {:.1} | {:.2} |", bytes / MIB, bytes / gradient);
            }
        }
    }
}

/// The textbook's KL or the kernel's, T = 4.
fn kl(measure: &dyn Fn(&mut dyn FnMut()), kernel: bool) {
    let loss = SoftLabelLossConfig::new().init();
    let device = Device::flex();
    let student = logits([512, 32_000], &device.clone().autodiff()).require_grad();
    let teacher = logits([512, 32_000], &device);
    measure(&mut || {
        let (student, teacher) = (student.clone(), teacher.clone());
        let total = if kernel {
            loss.forward(student, teacher)
        } else {
            textbook(student, teacher)
        };
        black_box(total.backward());
    });
}

/// KL as a reader of the paper writes it, T = 4.
fn textbook(student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
    let (q, p) = (log_softmax(student / 4.0, 1), log_softmax(teacher / 4.0, 1));
    (p.clone().exp() * (p - q)).sum_dim(1).mean() * 16.0
}

/// What is made of the logits' parts.
enum Linear {
    SomeRows,
    Kernel,
    Composed,
}

fn linear(measure: &dyn Fn(&mut dyn FnMut()), form: Linear) {
    let loss = SoftLabelLossConfig::new().init();
    let device = Device::flex();
    let autodiff = device.clone().autodiff();
    let side =
        |device: &Device| -> [Tensor<2>; 2] { [logits([1024, 384], device), logits([384, 128_256], device) * 0.01] };
    let [hidden, weight] = side(&autodiff).map(|tensor| tensor.detach().require_grad());
    let [teacher_hidden, teacher_weight] = side(&device);
    let student = LinearLogits::new(hidden, weight);
    let teacher = LinearLogits::new(teacher_hidden, teacher_weight);
    measure(&mut || {
        let (student, teacher) = (student.clone(), teacher.clone());
        let total = match form {
            Linear::SomeRows => loss.forward(student, teacher),
            Linear::Kernel => loss.forward(student.logits(), teacher.logits()),
            Linear::Composed => textbook(student.logits(), teacher.logits()),
        };
        black_box(total.backward());
    });
}

/// Bytes by which the resident memory rises above what it was before.
fn extra_peak(step: &mut dyn FnMut()) -> usize {
    fs::write("/proc/self/clear_refs", "5").expect("Linux lets a process reset its own peak");
    let before = status("VmRSS:");
    step();
    status("VmHWM:").saturating_sub(before)
}

/// A line of `/proc/self/status`, in bytes.
fn status(line: &str) -> usize {
    let status = fs::read_to_string("/proc/self/status").expect("Linux says how a process does");
    let entry = status
        .lines()
        .find_map(|entry| entry.strip_prefix(line))
        .expect("the line exists");
    let kilobytes: usize = entry.trim().trim_end_matches(" kB").parse().expect("a number of kB");
    kilobytes * 1024
}
