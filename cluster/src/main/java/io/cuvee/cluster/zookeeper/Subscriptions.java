package io.cuvee.cluster.zookeeper;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Listeners of one state. Each is called by one thread at a time and always with the newest state,
/// so what it hears never goes backwards.
public final class Subscriptions<T> {
  private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);

  private final Supplier<T> state;
  private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();

  public Subscriptions(Supplier<T> state) {
    this.state = state;
  }

  /// Adds the listener and calls it once before this returns.
  ///
  /// @param onClose runs when the subscription is closed, once
  public AutoCloseable add(Consumer<T> listener, Runnable onClose) {
    Subscription subscription = new Subscription(listener, onClose);
    subscriptions.add(subscription);
    subscription.deliver();
    return subscription;
  }

  public void changed() {
    subscriptions.forEach(Subscription::deliver);
  }

  private final class Subscription implements AutoCloseable {
    private final Consumer<T> listener;
    private final Runnable onClose;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean closed;

    Subscription(Consumer<T> listener, Runnable onClose) {
      this.listener = listener;
      this.onClose = onClose;
    }

    void deliver() {
      lock.lock();
      try {
        if (!closed) {
          listener.accept(state.get());
        }
      } catch (RuntimeException e) {
        LOG.error("A listener of the cluster's state failed; it hears the next change again", e);
      } finally {
        lock.unlock();
      }
    }

    /// The listener is not called after this returned.
    @Override
    public void close() {
      lock.lock();
      try {
        if (closed) {
          return;
        }
        closed = true;
      } finally {
        lock.unlock();
      }
      subscriptions.remove(this);
      onClose.run();
    }
  }
}
