package fugo;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.RandomAccess;

/** The rows that a batch refused, in order: an unmodifiable list. It needs twelve bytes per refused row. */
public final class Faults extends AbstractList<Fault> implements RandomAccess {
    static final int NON_DIGIT = 0;
    static final int LENGTH = 1;
    private static final int WIDTH = 3;

    /** Three values per fault: the row, the code, and the offset or length. */
    private final int[] values;

    private final int reissued;

    private Faults(int[] values, int reissued) {
        this.values = values;
        this.reissued = reissued;
    }

    @Override
    public int size() {
        return values.length / WIDTH;
    }

    @Override
    public Fault get(int index) {
        int at = Objects.checkIndex(index, size()) * WIDTH;
        int code = values[at + 1];
        int number = values[at + 2];
        OptionalInt offset = code == NON_DIGIT ? OptionalInt.of(number) : OptionalInt.empty();
        OptionalInt found = code == LENGTH ? OptionalInt.of(number) : OptionalInt.empty();
        return new Fault(values[at], Native.kind(code), offset, found, Native.message(code, number));
    }

    /**
     * Says whether a row was refused.
     *
     * @param row the row, from 0
     * @return true if the row is in this list
     */
    public boolean refused(int row) {
        int low = 0;
        int high = size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (values[middle * WIDTH] < row) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < size() && values[low * WIDTH] == row;
    }

    /**
     * The number of rows of the batch with a re-issued number, which the {@link Lineage} replaced by the person's first
     * number. These rows were not refused, so this list does not hold them.
     *
     * @return the number of rows; 0 without a lineage
     */
    public int reissued() {
        return reissued;
    }

    /** Collects the faults of successive chunks. */
    static final class Collector {
        private int[] values = new int[0];
        private int length;
        private int reissued;

        /** Adds the result of a native call for the rows from {@code base}; null means no faults. */
        void add(int[] chunk, int base) {
            if (chunk == null) {
                return;
            }
            reissued += chunk[0];
            for (int i = 1; i < chunk.length; i += WIDTH) {
                add(base + chunk[i], chunk[i + 1], chunk[i + 2]);
            }
        }

        void add(int row, int code, int number) {
            if (length == values.length) {
                values = Arrays.copyOf(values, Math.max(WIDTH * 16, length * 2));
            }
            values[length++] = row;
            values[length++] = code;
            values[length++] = number;
        }

        Faults faults() {
            return new Faults(Arrays.copyOf(values, length), reissued);
        }
    }

    /** The faults of one native call; null means no faults. */
    static Faults of(int[] values) {
        Collector faults = new Collector();
        faults.add(values, 0);
        return faults.faults();
    }
}
