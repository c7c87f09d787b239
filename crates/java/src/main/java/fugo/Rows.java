package fugo;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Arrays;
import java.util.Objects;

/** Runs a native call on the rows of arrays, buffers and texts. */
final class Rows {
    /** Rows per native call: few enough to stay in the CPU cache, so that copying them costs almost nothing. */
    private static final int CHUNK = 1024;

    private static final int MOST = Integer.MAX_VALUE / Symbol.LENGTH;

    private Rows() {}

    /** Works on {@code count} rows of {@code from} and {@code to}. Returns what {@link Native#symbols} returns. */
    @FunctionalInterface
    interface Call {
        int[] on(byte[] from, int fromAt, byte[] to, int toAt, int count);
    }

    /** The number of rows in this many bytes. An incomplete row is refused. */
    static int count(int bytes, int width) {
        if (bytes % width != 0) {
            throw new IllegalArgumentException("the length is " + bytes + "; a row has " + width + " bytes");
        }
        return bytes / width;
    }

    /** The length of an array for {@code count} symbols. */
    static int length(int count) {
        if (count > MOST) {
            throw new IllegalArgumentException("there are at least " + count + " rows; an array holds at most " + MOST);
        }
        return count * Symbol.LENGTH;
    }

    /** Checks that {@code count} rows of this width fit both arrays, without overlap if both are the same array. */
    static void check(byte[] from, int fromAt, int width, byte[] to, int toAt, int count) {
        Objects.checkFromIndexSize(0, count, MOST);
        Objects.checkFromIndexSize(fromAt, count * width, from.length);
        Objects.checkFromIndexSize(toAt, count * Symbol.LENGTH, to.length);
        if (from == to && fromAt < toAt + count * Symbol.LENGTH && toAt < fromAt + count * width) {
            throw new IllegalArgumentException("rows and symbols overlap in one array");
        }
    }

    /** Works on all rows that remain in {@code from}, and advances both buffers. */
    static Faults buffers(ByteBuffer from, int width, ByteBuffer to, Call call) {
        if (from == to) {
            throw new IllegalArgumentException("rows and symbols are in the same buffer");
        }
        if (to.isReadOnly()) {
            throw new ReadOnlyBufferException();
        }
        int count = count(from.remaining(), width);
        if (count > to.remaining() / Symbol.LENGTH) {
            throw new BufferOverflowException();
        }
        if (from.hasArray() && to.hasArray()) {
            int fromIndex = from.arrayOffset() + from.position();
            int toIndex = to.arrayOffset() + to.position();
            check(from.array(), fromIndex, width, to.array(), toIndex, count);
        }
        byte[] symbols = new byte[Math.min(count, CHUNK) * Symbol.LENGTH];
        int toAt = to.position();
        Faults faults = chunks(from, width, (rows, start, some) -> {
            int[] refused = call.on(rows, 0, symbols, 0, some);
            to.put(toAt + start * Symbol.LENGTH, symbols, 0, some * Symbol.LENGTH);
            return refused;
        });
        to.position(toAt + count * Symbol.LENGTH);
        return faults;
    }

    /** Works on {@code count} rows of an array, the first of which is row {@code start} of a buffer. */
    @FunctionalInterface
    interface Chunk {
        int[] on(byte[] rows, int start, int count);
    }

    /** Works on all rows that remain in {@code from}, in chunks, and advances the buffer. */
    static Faults chunks(ByteBuffer from, int width, Chunk call) {
        int count = count(from.remaining(), width);
        int chunk = Math.min(count, CHUNK);
        byte[] rows = new byte[chunk * width];
        Faults.Collector faults = new Faults.Collector();
        int at = from.position();
        try {
            for (int start = 0; start < count; start += chunk) {
                int some = Math.min(chunk, count - start);
                from.get(at + start * width, rows, 0, some * width);
                faults.add(call.on(rows, start, some), start);
            }
        } finally {
            Arrays.fill(rows, (byte) 0);
        }
        from.position(at + count * width);
        return faults.faults();
    }

    /**
     * Works on texts, in chunks of rows. A text that is not twelve ASCII characters becomes a row of zeros, which the
     * native call refuses. Its own fault then replaces the fault of the zeros.
     */
    static Batch texts(Iterable<? extends CharSequence> texts, Purpose purpose, Call call) {
        byte[] rows = new byte[CHUNK * MyNumber.LENGTH];
        long[] odd = new long[CHUNK];
        Faults.Collector faults = new Faults.Collector();
        byte[] out = new byte[CHUNK * Symbol.LENGTH];
        int done = 0;
        int filled = 0;
        try {
            for (CharSequence text : texts) {
                if (text == null) {
                    throw new NullPointerException("row " + (done + filled) + " is null");
                }
                odd[filled] = fill(text, rows, filled * MyNumber.LENGTH);
                if (++filled == CHUNK) {
                    out = flush(rows, odd, out, done, filled, call, faults);
                    done += filled;
                    filled = 0;
                }
            }
            out = flush(rows, odd, out, done, filled, call, faults);
            done += filled;
        } finally {
            Arrays.fill(rows, (byte) 0);
        }
        return new Batch(purpose, Arrays.copyOf(out, done * Symbol.LENGTH), faults.faults());
    }

    /** Writes twelve digits, or writes zeros and returns the fault. */
    private static long fill(CharSequence text, byte[] rows, int at) {
        boolean ascii = text.length() == MyNumber.LENGTH;
        for (int i = 0; ascii && i < MyNumber.LENGTH; i++) {
            char c = text.charAt(i);
            ascii = c < 0x80;
            rows[at + i] = (byte) c;
        }
        if (ascii) {
            return -1;
        }
        Arrays.fill(rows, at, at + MyNumber.LENGTH, (byte) 0);
        byte[] bytes = Utf8.of(text);
        long fault = Native.fault(bytes);
        Arrays.fill(bytes, (byte) 0);
        return fault;
    }

    private static byte[] flush(
            byte[] rows, long[] odd, byte[] out, int done, int count, Call call, Faults.Collector faults) {
        byte[] grown = out;
        if (length(done + count) > out.length) {
            grown = Arrays.copyOf(out, (int) Math.min(2L * out.length, length(MOST)));
        }
        int[] refused = call.on(rows, 0, grown, done * Symbol.LENGTH, count);
        for (int i = 1; refused != null && i < refused.length; i += 3) {
            long own = odd[refused[i]];
            if (own >= 0) {
                refused[i + 1] = (int) (own >> 32);
                refused[i + 2] = (int) own;
            }
        }
        faults.add(refused, done);
        return grown;
    }
}
