package fugo;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/** What has something native: it is closed once, by its user or else after it was garbage-collected. */
abstract class Handle implements AutoCloseable {
    private static final Cleaner CLEANER = Cleaner.create();

    private final State state;
    private final Cleaner.Cleanable cleanable;

    Handle(long value) {
        state = new State(value);
        cleanable = CLEANER.register(this, state);
    }

    /** Holds no reference to the object that it cleans up after. */
    private static final class State extends AtomicLong implements Runnable {
        private static final long serialVersionUID = 1;

        State(long value) {
            super(value);
        }

        @Override
        public void run() {
            Native.close(getAndSet(0));
        }
    }

    /**
     * The value for a native call. Whoever takes it keeps this object reachable until the call returned, as {@link
     * #with} does: otherwise the collector could close it under the call.
     */
    final long value() {
        long value = state.get();
        if (value == 0) {
            throw new IllegalStateException("this " + getClass().getSimpleName() + " is closed");
        }
        return value;
    }

    final <T> T with(LongFunction<T> use) {
        try {
            return use.apply(value());
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Wipes and releases what this holds. Closing twice does nothing. A call that another thread is in ends as if it
     * had come first; every later one is an {@link IllegalStateException}.
     */
    @Override
    public void close() {
        cleanable.clean();
    }

    /** The type, and nothing else. */
    @Override
    public String toString() {
        return getClass().getSimpleName() + "(..)";
    }
}
