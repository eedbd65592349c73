use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::mpsc,
    thread,
    time::Instant,
};

use burn::{module::Module, tensor::Device};

use super::server::Server;
use crate::{Error, Frozen, Teacher, ToDevice};

/// Something to be done with the session, on its thread.
pub(super) type Question<M, F> = Box<dyn FnOnce(&mut Session<M, F>) + Send>;

/// The teacher as it is here, and as it is there as long as a session lasts.
///
/// It lives on a thread of its own, for nothing that Burn does with a server has an end in time: one that holds a
/// connection open and says nothing is waited for without one.
pub(super) struct Session<M, F> {
    server: Server,
    here: Frozen<M, F>,
    there: Option<(Device, Frozen<M, F>)>,
}

impl<M: Module + 'static, F: Clone + Send + 'static> Session<M, F> {
    /// Starts the thread. It answers one question after the other, and ends when no more can come.
    pub(super) fn start(server: Server, teacher: Frozen<M, F>) -> mpsc::Sender<Question<M, F>> {
        let (line, questions) = mpsc::channel::<Question<M, F>>();
        let answer = move || {
            let mut session = Self {
                server,
                here: teacher,
                there: None,
            };
            for question in questions {
                question(&mut session);
            }
            // Burn tells a server what is dropped when there is more to tell. Without a flush, parameters that nobody asks
            // any more would stay there for the life of this process.
            if let Some((device, teacher)) = session.there {
                drop(teacher);
                drop(device.flush());
            }
        };
        let thread = thread::Builder::new().name("remote teacher".into()).spawn(answer);
        thread.unwrap_or_else(|error| panic!("RemoteTeacher: there is no thread for it: {error}"));
        line
    }

    /// What the teacher says to `input`, brought `home`. If the session is lost, it is asked once more in another one.
    ///
    /// A third time would be no better: it is the input that the server stumbles over, or the server that does not stay
    /// up.
    pub(super) fn ask<I, O>(
        &mut self,
        input: I,
        home: &Device,
        deadline: Instant,
        stage: impl Fn(String),
    ) -> Result<O, Error>
    where
        F: Fn(&M, I) -> O,
        I: ToDevice + Clone,
        O: ToDevice,
    {
        for _ in 0..2 {
            let (device, teacher) = self.there(deadline, &stage)?;
            stage("did not answer".into());
            let answer = catch_unwind(AssertUnwindSafe(|| {
                let said = teacher.teach(input.clone().bring_to(device));
                // Waits for the server. Without it the next line would, and panic if the server is gone.
                device.sync().ok()?;
                Some(said.bring_to(home))
            }));
            match answer {
                Ok(Some(said)) => return Ok(said),
                // The session is well, so it is the teacher that is not.
                Err(panic) if device.sync().is_ok() => resume_unwind(panic),
                _ => self.there = None,
            }
        }
        let reason = "lost its session twice over the same input".into();
        Err(self
            .server
            .error(reason, "look into its server's log, start it again, and ask again"))
    }

    /// The teacher there, with its device. Opens a session and uploads the teacher, if there is none.
    fn there(&mut self, deadline: Instant, stage: impl Fn(String)) -> Result<&(Device, Frozen<M, F>), Error> {
        let there = match self.there.take() {
            Some(there) => there,
            None => {
                let device = self.server.open(deadline, stage)?;
                let teacher = self.here.clone().to_device(&device);
                (device, teacher)
            }
        };
        Ok(self.there.insert(there))
    }
}
