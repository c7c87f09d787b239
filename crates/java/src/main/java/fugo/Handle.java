package fugo;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/** An object with native memory. It is closed once: by its user, or after it was garbage-collected. */
abstract class Handle implements AutoCloseable {
    private static final Cleaner CLEANER = Cleaner.create();

    private final State state;
    private final Cleaner.Cleanable cleanable;

    Handle(long value) {
        state = new State(value);
        cleanable = CLEANER.register(this, state);
    }

    /** Must not refer to the object that it cleans up, which could then never be collected. */
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
     * The value for a native call. The caller must keep this object reachable until the call has returned, as {@link
     * #with} does. Otherwise the garbage collector could close it during the call.
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
     * Wipes and releases the native memory. Closing twice does nothing. A call that is running in another thread
     * completes normally. Every later call throws {@link IllegalStateException}.
     */
    @Override
    public void close() {
        cleanable.clean();
    }

    /** Only the type. */
    @Override
    public String toString() {
        return getClass().getSimpleName() + "(..)";
    }
}
