package fugo;

import java.nio.ByteBuffer;

/**
 * {@code symbols[i] := symbol(to, n)}, where {@code n} is the number of the roster with {@code symbol(from, n) =
 * asked[i]}: the translation (情報連携) of symbols of one scope into symbols of another, row for row.
 *
 * <p>Prepare it with the symbols that are asked for, {@link #add} the numbers of the whole roster in batches of any size,
 * then take the {@link #symbols}. A symbol that is asked for twice has its answer in both rows. A number that is added
 * twice changes nothing. Threads may share a translation, and wait for each other.
 *
 * <p>The rows keep their order, and an order links scopes: sort them by the new symbols before anybody gets them who has
 * the old ones. A translation links the two scopes for its people. The command-line tool asks for a grant before it
 * translates, and records each run (番号法 23条). This class does neither: the caller must.
 *
 * <p>It needs about 50 bytes for each asked symbol, whatever the roster has. They are outside Java's heap and are wiped
 * on {@link #close}.
 */
public final class Translation extends Handle {
    private final Purpose purpose;
    private final int size;

    private Translation(long value, Purpose purpose, int size) {
        super(value);
        this.purpose = purpose;
        this.size = size;
    }

    /**
     * Prepares a translation.
     *
     * @param from the key of the asked symbols, which may be closed afterwards
     * @param to the key of the new symbols, which may be closed afterwards
     * @param asked the asked symbols, 16 bytes per row; sixteen zeros, which mark a refused row, are nobody's
     * @return the translation
     * @throws PurposeException of kind {@code same-key}, if both keys have the same tag
     * @throws IllegalArgumentException if the length is not a multiple of 16
     */
    public static Translation of(SymbolKey from, SymbolKey to, byte[] asked) {
        int size = Rows.count(asked.length, Symbol.LENGTH);
        return from.with(first -> to.with(
                second -> new Translation(Native.translation(first, second, asked), to.scope().purpose(), size)));
    }

    /**
     * Finds the people of these rows of the roster. A row that is refused is listed, and the others are added.
     *
     * @param rows twelve ASCII digits per row; the caller wipes them
     * @return the rows that were refused; a symbol whose person is in one of them stays unknown
     * @throws IllegalArgumentException if the length is not a multiple of 12
     */
    public Faults add(byte[] rows) {
        return added(rows, 0);
    }

    /**
     * {@link #add(byte[])} of the persons' first numbers. Each number that {@code lineage} lists as new is replaced by the
     * first number of the same person.
     *
     * @param rows twelve ASCII digits per row; the caller wipes them
     * @param lineage which number a person had first
     * @return the rows that were refused, and the number of rows that were replaced
     * @throws IllegalArgumentException if the length is not a multiple of 12
     * @throws IllegalStateException if the translation or the lineage is closed
     */
    public Faults add(byte[] rows, Lineage lineage) {
        return lineage.with(value -> added(rows, value));
    }

    /**
     * Finds the people of all rows that remain in a buffer, heap or direct. Afterwards its position is after them.
     *
     * @param rows twelve ASCII digits per row; the caller wipes them
     * @return the rows that were refused, counted from 0
     * @throws IllegalArgumentException if the rest of {@code rows} is not a multiple of 12
     */
    public Faults add(ByteBuffer rows) {
        return added(rows, 0);
    }

    /**
     * {@link #add(ByteBuffer)} of the persons' first numbers. Each number that {@code lineage} lists as new is replaced by
     * the first number of the same person.
     *
     * @param rows twelve ASCII digits per row; the caller wipes them
     * @param lineage which number a person had first
     * @return the rows that were refused, counted from 0, and the number of rows that were replaced
     * @throws IllegalArgumentException if the rest of {@code rows} is not a multiple of 12
     * @throws IllegalStateException if the translation or the lineage is closed
     */
    public Faults add(ByteBuffer rows, Lineage lineage) {
        return lineage.with(value -> added(rows, value));
    }

    private Faults added(byte[] rows, long lineage) {
        int count = Rows.count(rows.length, MyNumber.LENGTH);
        return with(value -> Faults.of(Native.translate(value, lineage, rows, 0, count)));
    }

    private Faults added(ByteBuffer rows, long lineage) {
        return with(value -> Rows.chunks(
                rows, MyNumber.LENGTH, (from, start, count) -> Native.translate(value, lineage, from, 0, count)));
    }

    /**
     * The new symbol of each asked row. A row whose person was not found is sixteen zeros and a fault of kind {@code
     * unknown-symbol}; a row that was asked as sixteen zeros is one of kind {@code no-symbol}. More rows may be added
     * afterwards.
     *
     * @return the symbols, in the order of the asked rows
     * @throws IllegalStateException if the translation is closed
     */
    public Batch symbols() {
        byte[] out = new byte[Rows.length(size)];
        return with(value -> new Batch(purpose, out, Faults.of(Native.translated(value, out))));
    }

    /**
     * The number of asked rows.
     *
     * @return the number of rows
     * @throws IllegalStateException if the translation is closed
     */
    public int size() {
        value();
        return size;
    }
}
