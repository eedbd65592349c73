//! What does not count changes nothing.

use burn::{
    module::Module,
    tensor::{Bool, Device, Int, Tensor},
};
use kd::transformer::bert::{Bert, BertHead, BertInput};
use kd_testkit::{assert_close, device, read, within};

use super::models::{ids, small};

/// Two texts of 3 and 5 tokens, with these at the other places.
fn padded(padding: i64, device: &Device) -> (Tensor<2, Int>, Tensor<2, Bool>) {
    let texts = [vec![2, 7, 3, padding, padding, padding], vec![2, 8, 9, 10, 3, padding]];
    let counts = [vec![1, 1, 1, 0, 0, 0], vec![1, 1, 1, 1, 1, 0]];
    (ids(&texts, device), ids(&counts, device).equal_elem(1))
}

/// The numbers of the places that count.
fn counted(numbers: Tensor<3>) -> Vec<f64> {
    let width = numbers.dims()[2];
    let all = read(numbers);
    let places = [0, 1, 2, 6, 7, 8, 9, 10];
    places
        .iter()
        .flat_map(|place| all[place * width..(place + 1) * width].to_vec())
        .collect()
}

fn bert(device: &Device) -> Bert {
    small().with_head(BertHead::MaskedLanguage).init(device)
}

#[test]
fn what_stands_at_padded_places_does_not_matter() {
    let device = device();
    let bert = bert(&device).valid();
    let said = |padding, kind| {
        let (ids, mask) = padded(padding, &device);
        let types = mask.clone().bool_not().int() * kind;
        let output = bert.forward(BertInput::new(ids).with_mask(mask).with_token_types(types));
        let states = output.hidden_states.iter().cloned().flat_map(counted);
        states.chain(counted(output.token_logits.unwrap())).collect::<Vec<_>>()
    };
    // To the last bit.
    let zeros = said(0, 0);
    assert!(zeros.iter().all(|number| number.is_finite()));
    assert_eq!(zeros, said(28, 0));
    assert_eq!(zeros, said(28, 1));
}

#[test]
fn a_text_alone_says_what_it_says_among_longer_ones() {
    let device = device();
    let bert = bert(&device).valid();
    let (all, mask) = padded(0, &device);
    let among = bert.forward(BertInput::new(all).with_mask(mask)).last_hidden_state();
    let alone = bert
        .forward(BertInput::new(ids(&[vec![2, 7, 3]], &device)))
        .last_hidden_state();
    let among = read(among.slice([0..1, 0..3]));
    assert_close("the shorter text", &among, &read(alone), within(1e-5));
}

#[test]
fn attention_to_padding_is_nothing_at_all() {
    let device = device();
    let (ids, mask) = padded(4, &device);
    let output = bert(&device)
        .valid()
        .forward_with_attentions(BertInput::new(ids).with_mask(mask.clone()));
    for attention in output.attentions {
        let [batch, heads, seq, _] = attention.probs.dims();
        let padding = mask.clone().bool_not().float().reshape([batch, 1, 1, seq]);
        assert_eq!(read((attention.probs.clone() * padding).sum()), [0.0]);
        let sums = read(attention.probs.sum_dim(3));
        assert_close("sums", &sums, &vec![1.0; batch * heads * seq], within(1e-5));
    }
}

#[test]
fn padding_gets_no_gradient() {
    let device = device().autodiff();
    let config = small()
        .with_hidden_dropout_prob(0.0)
        .with_attention_probs_dropout_prob(0.0);
    let bert = config.init(&device);
    let gradients = |padding| {
        let (ids, mask) = padded(padding, &device);
        let counts = mask.clone().float().unsqueeze_dim::<3>(2);
        let states = bert.forward(BertInput::new(ids).with_mask(mask)).last_hidden_state();
        let width = states.dims()[2] as i64;
        let weights = Tensor::<1, Int>::arange(0..12 * width, &device)
            .float()
            .cos()
            .reshape(states.shape());
        let gradients = (states * weights * counts).sum().backward();
        let words = bert.embeddings.word_embeddings.weight.val().grad(&gradients).unwrap();
        let places = bert
            .embeddings
            .position_embeddings
            .weight
            .val()
            .grad(&gradients)
            .unwrap();
        (
            read(words.clone().narrow(0, padding as usize, 1)),
            read(words),
            read(places),
        )
    };
    let (of_padding, words, places) = gradients(20);
    assert_eq!(of_padding, [0.0; 12]);
    let (_, same_words, same_places) = gradients(0);
    assert_eq!((words, &places), (same_words, &same_places));
    assert_eq!(places[5 * 12..], [0.0; 6 * 12]);
}

/// The masked scores are all the same then, and what comes of them is finite.
#[test]
fn a_text_of_padding_alone_is_finite() {
    let device = device().autodiff();
    let bert = bert(&device);
    let (ids, _) = padded(0, &device);
    let none = ids.clone().equal_elem(99);
    let output = bert.forward_with_attentions(BertInput::new(ids).with_mask(none));
    for attention in &output.attentions {
        let same = vec![1.0 / 6.0; 2 * 3 * 6 * 6];
        assert_close("attention", &read(attention.probs.clone()), &same, within(1e-5));
    }
    let states = output.last_hidden_state();
    assert!(read(states.clone()).iter().all(|number| number.is_finite()));
    let gradients = states.square().sum().backward();
    let words = bert.embeddings.word_embeddings.weight.val().grad(&gradients).unwrap();
    assert!(read(words).iter().all(|number| number.is_finite()));
}
