package fugo;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** A scope: purpose, scope id and epoch (世代), written {@code agency/nta/1}. Each scope has its own key. */
public final class Scope {
    private final Purpose purpose;
    private final String id;
    private final long epoch;

    private Scope(Purpose purpose, String id, long epoch) {
        this.purpose = purpose;
        this.id = id;
        this.epoch = epoch;
    }

    /**
     * Reads {@code purpose/id/epoch}.
     *
     * @param text such as {@code agency/nta/1}, the epoch in decimal without sign or leading zero
     * @return the scope
     * @throws ScopeException if the form or a part is not valid
     */
    public static Scope parse(String text) {
        Native.parseScope(text.getBytes(StandardCharsets.UTF_8));
        String[] parts = text.split("/");
        return new Scope(Purpose.parse(parts[0]), parts[1], Long.parseLong(parts[2]));
    }

    /**
     * Makes a scope from its parts.
     *
     * @param purpose the purpose
     * @param id 1 to 40 of {@code a-z 0-9 -}, first and last not a hyphen; {@code all} for insurers and eligibility
     * @param epoch 1 to 2<sup>32</sup> − 1
     * @return the scope
     * @throws ScopeException if a part is not valid
     */
    public static Scope of(Purpose purpose, String id, long epoch) {
        Native.checkScope(purpose.code(), id.getBytes(StandardCharsets.UTF_8), epoch);
        return new Scope(purpose, id, epoch);
    }

    byte[] bytes() {
        return toString().getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * The purpose.
     *
     * @return the purpose
     */
    public Purpose purpose() {
        return purpose;
    }

    /**
     * The scope id, such as {@code nta}.
     *
     * @return 1 to 40 characters
     */
    public String id() {
        return id;
    }

    /**
     * The epoch (世代): the generation of the scope key.
     *
     * @return 1 to 2<sup>32</sup> − 1
     */
    public long epoch() {
        return epoch;
    }

    /**
     * {@code Label := "fugo" ‖ 0x01 ‖ purpose (1) ‖ epoch (4, big-endian) ‖ len(id) (1) ‖ id}: the input from
     * which the scope key is derived.
     *
     * @return 12 to 51 bytes
     */
    public byte[] label() {
        return Native.label(bytes());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Scope scope && purpose == scope.purpose && id.equals(scope.id) && epoch == scope.epoch;
    }

    @Override
    public int hashCode() {
        return Objects.hash(purpose, id, epoch);
    }

    /**
     * The scope as text.
     *
     * @return such as {@code agency/nta/1}
     */
    @Override
    public String toString() {
        return purpose + "/" + id + "/" + epoch;
    }
}
