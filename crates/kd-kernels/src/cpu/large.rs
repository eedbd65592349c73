//! Room for a gradient.

/// Bytes from which it pays to ask for large pages.
#[cfg(target_os = "linux")]
const WORTH_LARGE_PAGES: usize = 4 << 20;

/// As many zeros, in large pages where the system has them.
///
/// The gradient over a vocabulary is too large for the allocator to keep, so each step gets fresh memory from the system,
/// 4 KiB at a time, each with a fault: that took as long as the kernel itself. With pages of 2 MiB it does not.
pub(super) fn zeros<T: Copy + Default>(count: usize) -> Vec<T> {
    // Not yet touched: zeros come from the system with the page.
    let zeros = vec![T::default(); count];
    #[cfg(target_os = "linux")]
    if size_of_val(zeros.as_slice()) >= WORTH_LARGE_PAGES {
        advise_large_pages(&zeros);
    }
    zeros
}

/// Asks for large pages, on the whole pages within; that the system may refuse does no harm.
#[cfg(target_os = "linux")]
#[allow(unsafe_code, reason = "the only way to ask for large pages")]
fn advise_large_pages<T>(memory: &[T]) {
    const PAGE: usize = 4096;
    let range = memory.as_ptr_range();
    let start = range.start.addr().next_multiple_of(PAGE);
    let end = range.end.addr() / PAGE * PAGE;
    let whole = range.start.cast::<u8>().wrapping_add(start - range.start.addr());
    if start < end {
        // SAFETY: the range lies within memory that we borrow, and this advice changes no byte of it.
        unsafe { libc::madvise(whole.cast_mut().cast(), end - start, libc::MADV_HUGEPAGE) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_are_zeros_at_any_size() {
        for count in [0, 1, 1000, 3_000_001] {
            let numbers = zeros::<f32>(count);
            assert!(numbers.len() == count && numbers.iter().all(|&number| number == 0.0));
        }
    }
}
