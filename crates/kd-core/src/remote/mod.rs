//! A teacher in another process.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use burn::{module::Module, remote::Credential};

use crate::{Error, Frozen, Teacher, ToDevice, check};

mod server;
mod session;

use server::Server;
use session::{Question, Session};

/// A frozen teacher whose passes run on a server, such as another machine's graphics card, behind Burn's own remote
/// protocol.
///
/// The server is any program that hosts a device. It needs to know nothing of the teacher, which is uploaded when it is
/// first asked:
///
/// ```no_run
/// # fn serve() -> Result<(), Box<dyn std::error::Error>> {
/// use burn::{server::{RemoteServer, TokenAuthorizer, WebSocketTransport}, tensor::Device};
///
/// RemoteServer::new([Device::flex()]) // or `Device::cuda(0)`
///     .with_authorizer(TokenAuthorizer::new(std::env::var("KD_TOKEN")?)?)
///     .serve(WebSocketTransport::new(3000))?;
/// # Ok(())
/// # }
/// ```
///
/// In each step the input goes there, and what is said comes back to the device that the input was on.
///
/// # When the server dies
///
/// Burn ends the session of a server that is gone, and does not open it again: the device is lost for the life of the
/// process, and all tensors on it. So the parameters are kept here as well. When the session is lost, another one is
/// opened, the teacher is uploaded again, and the question is asked again; what is said is what the first session would
/// have said. A training loop notices that it took longer.
///
/// It never waits for longer than the [patience](Self::with_patience), whether the server is gone, silent or
/// unreachable. Then [`try_teach`](Self::try_teach) is an error, and `teach` panics with the same words. Asked later,
/// it tries anew.
///
/// # Shapes
///
/// As the teacher's. Input and output are anything that [can be brought to a device](ToDevice), with at least one
/// tensor in the input.
///
/// # Gradient
///
/// None: input and output are off the graph.
///
/// # Panics
///
/// `teach`, with the words of the errors of [`try_teach`](Self::try_teach). A panic of the teacher itself, of a wrong
/// shape say, is passed on as it is.
///
/// # Convention
///
/// A step costs two round trips beside the teacher's pass: one to wait for it, which tells a lost server from a slow
/// one, and one to fetch what was said.
///
/// A teacher is asked by one thread at a time; those that ask at once wait for one another.
///
/// Burn keeps a thread for each session until the process ends, also for one that was lost, and it looks for work some
/// thousand times a second. A few are of no account, and dozens take a core. At 65,536 sessions Burn panics.
///
/// **Security.** `WebSocketTransport::new` listens on every interface, and without an authorizer whoever reaches the port may
/// compute there. The connection is not encrypted, so keep it to a network that you trust; a
/// [credential](Self::with_credential) keeps strangers off the server, and nobody from reading along.
///
/// # Example
///
/// ```no_run
/// use burn::{nn::{Linear, LinearConfig}, tensor::{Device, Tensor}};
/// use kd_core::{Frozen, RemoteTeacher, Teacher};
///
/// let device = Device::flex();
/// let network = LinearConfig::new(784, 10).init(&device); // with your weights
/// let teacher = Frozen::new(network, |network: &Linear, images: Tensor<2>| network.forward(images));
/// let token = std::env::var("KD_TOKEN").expect("the server's token");
/// let teacher = RemoteTeacher::new("ws://gpu:3000", teacher).with_credential(token);
///
/// let logits = teacher.teach(Tensor::<2>::ones([8, 784], &device));
/// assert_eq!((logits.dims(), logits.device()), ([8, 10], device));
/// ```
///
/// # See also
///
/// [`OnDevice`](crate::OnDevice), a teacher on another device of this process.
pub struct RemoteTeacher<M, F> {
    server: Server,
    teacher: Frozen<M, F>,
    patience: Duration,
    line: Mutex<Option<Line<M, F>>>,
}

/// The way to the thread that holds the session.
type Line<M, F> = Arc<mpsc::Sender<Question<M, F>>>;

/// What comes back from that thread.
enum Reply<O> {
    /// What it would have to be excused with if there were no time left.
    Stage(String),
    /// The answer, or the panic of the teacher.
    End(thread::Result<Result<O, Error>>),
}

/// As good as for ever, and still a time from now that can be told.
const FOR_EVER: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

impl<M: Module, F> RemoteTeacher<M, F> {
    /// `teacher` on the server at `url`, such as `ws://gpu:3000`. Nothing is opened or uploaded before it is asked.
    pub fn new(url: &str, teacher: Frozen<M, F>) -> Self {
        Self {
            server: Server::new(url),
            teacher,
            patience: Duration::from_secs(120),
            line: Mutex::new(None),
        }
    }

    /// Waits so long for an answer, and no longer: 2 minutes if this is not called.
    ///
    /// It has to be enough for the slowest answer, which is the first after a session was opened: the parameters are
    /// uploaded before. A server that is started again is noticed within about 8 seconds, for Burn tries at growing
    /// intervals.
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Shows the server this credential, such as the token that its `TokenAuthorizer` asks for.
    pub fn with_credential(mut self, credential: impl Into<Credential>) -> Self {
        self.server.credential = credential.into();
        self
    }

    /// Lives on the server's device of this index, in the order in which it lists them: the first if this is not
    /// called.
    pub fn with_device_index(mut self, index: usize) -> Self {
        self.server.device_index = index;
        self
    }

    /// As `teach`, for a loop that wants to go on without the teacher, or to save its work first.
    ///
    /// # Errors
    ///
    /// [`Error::NoAnswer`] if there is none when the patience is over; [`Error::RemoteTeacher`] if the server refuses the
    /// session, or loses it a second time over the same input.
    ///
    /// # Panics
    ///
    /// If there is no tensor in the input, and whenever the teacher itself panics.
    #[track_caller]
    pub fn try_teach<I, O>(&self, input: I) -> Result<O, Error>
    where
        M: 'static,
        F: Fn(&M, I) -> O + Clone + Send + 'static,
        I: ToDevice + Clone + Send + 'static,
        O: ToDevice + Send + 'static,
    {
        let home = check::home("RemoteTeacher", input.home());
        let input = input.off_graph();
        let deadline = Instant::now() + self.patience.min(FOR_EVER);
        let (say, replies) = mpsc::channel();
        // By the thread, when it begins, or by us, when we give up: whoever comes first.
        let taken = Arc::new(AtomicBool::new(false));
        let begins = taken.clone();
        let question: Question<M, F> = Box::new(move |session| {
            if begins.swap(true, Ordering::Relaxed) {
                return;
            }
            let stage = |stage: String| drop(say.send(Reply::Stage(stage)));
            // The thread lives on when the teacher panics. Nobody may be listening any more, which is no matter.
            let end = catch_unwind(AssertUnwindSafe(|| session.ask(input, &home, deadline, stage)));
            drop(say.send(Reply::End(end)));
        });
        let line = self.line();
        let mut stage = String::from("was busy with other questions");
        let is_sent = line.send(question).is_ok();
        if is_sent {
            while let Ok(reply) = replies.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                match reply {
                    Reply::Stage(now) => stage = now,
                    Reply::End(Ok(answer)) => return answer,
                    Reply::End(Err(panic)) => resume_unwind(panic),
                }
            }
        }
        // Before that, the thread is busy with somebody else's question, who hangs up when it does not return.
        if !is_sent || taken.swap(true, Ordering::Relaxed) {
            self.hang_up(&line);
        }
        Err(self.server.gave_no_answer(&stage, self.patience))
    }

    /// The line to a thread, which is started if there is none.
    fn line(&self) -> Line<M, F>
    where
        M: 'static,
        F: Clone + Send + 'static,
    {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        let start = || Arc::new(Session::start(self.server.clone(), self.teacher.clone()));
        line.get_or_insert_with(start).clone()
    }

    /// Leaves a thread to itself that may never return, unless others have done so already.
    fn hang_up(&self, silent: &Line<M, F>) {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        line.take_if(|line| Arc::ptr_eq(line, silent));
    }
}

impl<M, F, I, O> Teacher<I> for RemoteTeacher<M, F>
where
    M: Module + 'static,
    F: Fn(&M, I) -> O + Clone + Send + 'static,
    I: ToDevice + Clone + Send + 'static,
    O: ToDevice + Send + 'static,
{
    type Output = O;

    #[track_caller]
    fn teach(&self, input: I) -> O {
        crate::check::must(self.try_teach(input))
    }
}

impl<M, F> fmt::Debug for RemoteTeacher<M, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteTeacher")
            .field("server", &self.server)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}
