//! How the background tasks are doing: their supervisor writes it down, `/readyz` and `/metrics` show it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

/// A background task, by its name in the log, in `/metrics` and in `/readyz`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Sends the audit trail to repositories.
    Forward,
    /// Keeps the keys of all issuers fresh.
    Keys,
    /// Writes which clinicians were launched with a complete profile.
    KnownUsers,
    /// Tells hosts what happened to orders.
    OrderDeliveries,
    /// Reads the orders that changed.
    OrderReading,
    /// Compares the orders that are followed with those that Junction has.
    OrderReconciling,
    /// Deletes what is kept no longer of orders, and counts what there is to do.
    OrderUpkeep,
    /// Reads the changed configuration.
    Reload,
    /// Removes what the audit trail keeps no longer.
    Retention,
    /// Stays connected to the database that limits are shared in.
    SharedLimits,
    /// Stays connected to the database that orders are kept in.
    SharedOrders,
    /// Forgets allowances that are full again.
    Sweep,
    /// Watches the files of the configuration.
    Watch,
    /// Tells the service manager that all workers live.
    Watchdog,
}

/// The restarts of all background tasks. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Restarts(Arc<Tasks>);

#[derive(Debug, Default)]
struct Tasks {
    forward: Counts,
    keys: Counts,
    known_users: Counts,
    order_deliveries: Counts,
    order_reading: Counts,
    order_reconciling: Counts,
    order_upkeep: Counts,
    reload: Counts,
    retention: Counts,
    shared_limits: Counts,
    shared_orders: Counts,
    sweep: Counts,
    watch: Counts,
    watchdog: Counts,
}

#[derive(Debug, Default)]
struct Counts {
    total: AtomicU64,
    recent: AtomicU64,
    is_waiting: AtomicBool,
}

/// What is wrong with a background task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It failed, and waits to be restarted.
    Waiting,
    /// It was restarted so many times since it last ran for a while.
    Restarted(u64),
}

impl Task {
    /// Every background task.
    pub const ALL: [Self; 14] = [
        Self::Forward,
        Self::Keys,
        Self::KnownUsers,
        Self::OrderDeliveries,
        Self::OrderReading,
        Self::OrderReconciling,
        Self::OrderUpkeep,
        Self::Reload,
        Self::Retention,
        Self::SharedLimits,
        Self::SharedOrders,
        Self::Sweep,
        Self::Watch,
        Self::Watchdog,
    ];

    /// The task's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Forward => "forward",
            Self::Keys => "keys",
            Self::KnownUsers => "known_users",
            Self::OrderDeliveries => "order_deliveries",
            Self::OrderReading => "order_reading",
            Self::OrderReconciling => "order_reconciling",
            Self::OrderUpkeep => "order_upkeep",
            Self::Reload => "reload",
            Self::Retention => "retention",
            Self::SharedLimits => "shared_limits",
            Self::SharedOrders => "shared_orders",
            Self::Sweep => "sweep",
            Self::Watch => "watch",
            Self::Watchdog => "watchdog",
        }
    }
}

impl Restarts {
    /// The task failed, and waits to be restarted.
    pub fn failed(&self, task: Task) {
        self.of(task).is_waiting.store(true, Ordering::Relaxed);
    }

    /// The task runs again.
    pub fn restarted(&self, task: Task) {
        let counts = self.of(task);
        counts.total.fetch_add(1, Ordering::Relaxed);
        counts.recent.fetch_add(1, Ordering::Relaxed);
        counts.is_waiting.store(false, Ordering::Relaxed);
    }

    /// The task has run for long enough to be trusted again.
    pub fn recovered(&self, task: Task) {
        self.of(task).recent.store(0, Ordering::Relaxed);
    }

    /// How often each task was restarted since the process started.
    pub fn totals(&self) -> impl Iterator<Item = (Task, u64)> {
        Task::ALL
            .map(|task| (task, self.of(task).total.load(Ordering::Relaxed)))
            .into_iter()
    }

    /// The tasks that wait to be restarted, or were restarted recently.
    pub fn troubles(&self) -> impl Iterator<Item = (Task, Trouble)> {
        Task::ALL.into_iter().filter_map(|task| {
            let counts = self.of(task);
            if counts.is_waiting.load(Ordering::Relaxed) {
                return Some((task, Trouble::Waiting));
            }
            let recent = counts.recent.load(Ordering::Relaxed);
            (recent > 0).then_some((task, Trouble::Restarted(recent)))
        })
    }

    fn of(&self, task: Task) -> &Counts {
        match task {
            Task::Forward => &self.0.forward,
            Task::Keys => &self.0.keys,
            Task::KnownUsers => &self.0.known_users,
            Task::OrderDeliveries => &self.0.order_deliveries,
            Task::OrderReading => &self.0.order_reading,
            Task::OrderReconciling => &self.0.order_reconciling,
            Task::OrderUpkeep => &self.0.order_upkeep,
            Task::Reload => &self.0.reload,
            Task::Retention => &self.0.retention,
            Task::SharedLimits => &self.0.shared_limits,
            Task::SharedOrders => &self.0.shared_orders,
            Task::Sweep => &self.0.sweep,
            Task::Watch => &self.0.watch,
            Task::Watchdog => &self.0.watchdog,
        }
    }
}
