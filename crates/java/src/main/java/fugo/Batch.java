package fugo;

import java.util.Objects;
import java.util.Optional;

/** A column of symbols, and the rows that have none. */
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
     * How many rows there are, refused ones included.
     *
     * @return the number of rows
     */
    public int size() {
        return symbols.length / Symbol.LENGTH;
    }

    /**
     * The symbols of all rows, 16 bytes each: the column itself, not a copy. A refused row is sixteen zeros.
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
     * @return the symbol; none if the row was refused
     */
    public Optional<Symbol> symbol(int row) {
        Objects.checkIndex(row, size());
        return faults.refused(row) ? Optional.empty() : Optional.of(Symbol.of(purpose, symbols, row * Symbol.LENGTH));
    }

    /**
     * The rows that were refused, and why.
     *
     * @return the faults, by row
     */
    public Faults faults() {
        return faults;
    }

    /**
     * How many rows had a re-issued number, which the {@link Lineage} replaced by the person's first number.
     *
     * @return the number of rows; 0 without a lineage
     */
    public int reissued() {
        return faults.reissued();
    }

    /**
     * The type and how many rows.
     *
     * @return such as {@code Batch(1000 rows, 3 refused)}
     */
    @Override
    public String toString() {
        return "Batch(" + size() + " rows, " + faults.size() + " refused)";
    }
}
