//! Embeddings, hidden states, scores and answers, layer by layer.

use burn::{
    config::Config,
    module::{Module, Param},
    tensor::{Tensor, TensorData},
};
use kd::{
    DistillLoss, FeatureProjector,
    transformer::{Attended, EncoderLayers, TinyBertLoss, TinyBertLossConfig},
};
use kd_testkit::{Subject, device, golden, laws};

use crate::sequences::{Parts, alike_for_all, all_but_shapes, mask, times};

/// What a golden case says: the loss's own configuration, what is in a row, and what of it counts.
#[derive(Config, Debug)]
struct Given {
    layers: Vec<usize>,
    student_layers: usize,
    teacher_layers: usize,
    student_width: usize,
    teacher_width: usize,
    seq: usize,
    heads: usize,
    classes: usize,
    attended: Vec<Vec<bool>>,
    projectors: Vec<Vec<f64>>,
    embedding: f64,
    hidden: f64,
    attention: f64,
    prediction: f64,
    temperature: f64,
}

/// A matrix that tokens are multiplied with.
#[derive(Module, Debug)]
struct Matrix {
    weight: Param<Tensor<2>>,
}

impl FeatureProjector<Tensor<3>> for Matrix {
    type Output = Tensor<3>;

    fn project(&self, tokens: Tensor<3>) -> Tensor<3> {
        tokens.matmul(self.weight.val().unsqueeze_dim(0))
    }
}

#[derive(Clone)]
struct OfRows(Given);

impl OfRows {
    fn loss(&self, like: &Tensor<2>) -> TinyBertLoss<Matrix> {
        let given = &self.0;
        let matrix = |numbers: &Vec<f64>| {
            let data = TensorData::new(numbers.clone(), [given.student_width, given.teacher_width]);
            let weight = Tensor::from_data(data, (&like.device(), like.dtype()));
            Matrix {
                weight: Param::from_tensor(weight),
            }
        };
        TinyBertLossConfig::new(given.layers.clone())
            .with_embedding(given.embedding)
            .with_hidden(given.hidden)
            .with_attention(given.attention)
            .with_prediction(given.prediction)
            .with_temperature(given.temperature)
            .init_with_projectors(given.projectors.iter().map(matrix).collect())
    }

    fn shown(&self, rows: Tensor<2>, layers: usize, width: usize) -> EncoderLayers {
        let Given {
            seq, heads, classes, ..
        } = self.0;
        let mut parts = Parts::new(rows);
        let hidden = (0..=layers).map(|_| parts.take(&[seq, width])).collect();
        let scores = (0..layers).map(|_| parts.take(&[heads, seq, seq])).collect();
        let shown = EncoderLayers::new(hidden, scores).with_logits(parts.take(&[classes]));
        parts.finish();
        shown
    }
}

impl DistillLoss<Tensor<2>> for OfRows {
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        let (given, loss) = (&self.0, self.loss(&student));
        let attended = mask(&given.attended, &student.device());
        let teacher = self.shown(teacher, given.teacher_layers, given.teacher_width);
        loss.per_sample(
            self.shown(student, given.student_layers, given.student_width),
            Attended::new(teacher, attended),
        )
    }
}

#[test]
fn golden() {
    let default = Given::new(vec![], 1, 1, 1, 1, 1, 1, 1, vec![], vec![], 1.0, 1.0, 1.0, 1.0, 1.0);
    golden::check("tiny_bert.json", &device(), &default, |given| {
        Subject::new::<Tensor<2>, Tensor<2>>(OfRows(given.clone()))
    });
}

/// Sequences of as many tokens as a row has numbers, each one wide: embeddings, a layer, and scores that are equal whoever looks;
/// and the row as answers.
#[derive(Clone)]
struct OfTokens(TinyBertLoss);

impl DistillLoss<Tensor<2>> for OfTokens {
    #[track_caller]
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        let shown = |rows: Tensor<2>| {
            let hidden = rows.clone().unsqueeze_dim::<3>(2);
            let scores = alike_for_all(rows.clone());
            EncoderLayers::new(vec![hidden.clone(), times(hidden, 0.5)], vec![scores]).with_logits(rows)
        };
        let shape = student.dims();
        let all = TensorData::new(vec![true; shape.iter().product()], shape);
        let all = Tensor::from_data(all, &student.device());
        self.0.per_sample(shown(student), Attended::new(shown(teacher), all))
    }
}

fn of_tokens_with([embedding, hidden, attention, prediction]: [f64; 4]) -> Subject {
    let config = TinyBertLossConfig::new(vec![1])
        .with_embedding(embedding)
        .with_hidden(hidden)
        .with_attention(attention)
        .with_prediction(prediction);
    Subject::new::<Tensor<2>, Tensor<2>>(OfTokens(config.init()))
}

laws!(all_parts: [any], of_tokens_with([0.1, 0.2, 0.1, 0.5]));
laws!(layers: [any, divergence], of_tokens_with([0.1, 0.2, 0.1, 0.0]));
laws!(attention_alone: [independent, mean, smooth, divergence], of_tokens_with([0.0, 0.0, 0.1, 0.0]));
laws!(answers_alone: [any, softmax], of_tokens_with([0.0, 0.0, 0.0, 1.0]));

#[test]
fn attention_alone_keeps_the_other_laws() {
    all_but_shapes(&of_tokens_with([0.0, 0.0, 0.1, 0.0]));
}

#[test]
fn the_paper_s_map_ends_with_the_last_layer() {
    let layers = |student, teacher| TinyBertLossConfig::uniform(student, teacher).unwrap().layers;
    assert_eq!(layers(6, 12), [2, 4, 6, 8, 10, 12]);
    assert_eq!(layers(3, 3), [1, 2, 3]);
}

#[test]
fn shows_what_it_is() {
    let expected =
        "TinyBertLoss {layers: [1, 3], embedding: 1, hidden: 1, attention: 1, prediction: 1, temperature: 1}";
    assert_eq!(
        format!("{}", TinyBertLossConfig::new(vec![1, 3]).with_prediction(1.0).init()),
        expected
    );
}
