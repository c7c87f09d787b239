package fugo;

import java.util.Objects;
import java.util.Optional;

/** The symbols of a batch, and the rows that were refused. */
public final class Batch {
    private final Purpose purpose;
    private final byte[] symbols;
    private final Faults faults;

    Batch(Purpose purpose, byte[] symbols, Faults faults) {
        this.purpose = purpose;
        this.symbols = symbols;
        this.faults = faults;
    }

    Purpose purpose() {
        return purpose;
    }

    /**
     * The number of rows, including the refused rows.
     *
     * @return the number of rows
     */
    public int size() {
        return symbols.length / Symbol.LENGTH;
    }

    /**
     * The symbols of all rows, 16 bytes per row. This is the array itself, not a copy. A refused row is sixteen zeros.
     *
     * @return 16 bytes for each row
     */
    public byte[] bytes() {
        return symbols;
    }

    /**
     * The symbol of a row.
     *
     * @param row the row, from 0
     * @return the symbol; empty if the row was refused
     */
    public Optional<Symbol> symbol(int row) {
        Objects.checkIndex(row, size());
        return faults.refused(row) ? Optional.empty() : Optional.of(Symbol.of(purpose, symbols, row * Symbol.LENGTH));
    }

    /**
     * The rows that were refused, with the reasons.
     *
     * @return the faults, by row
     */
    public Faults faults() {
        return faults;
    }

    /**
     * The number of rows with a re-issued number, which the {@link Lineage} replaced by the person's first number.
     *
     * @return the number of rows; 0 without a lineage
     */
    public int reissued() {
        return faults.reissued();
    }

    /**
     * The type and the number of rows.
     *
     * @return such as {@code Batch(1000 rows, 3 refused)}
     */
    @Override
    public String toString() {
        return "Batch(" + size() + " rows, " + faults.size() + " refused)";
    }
}
