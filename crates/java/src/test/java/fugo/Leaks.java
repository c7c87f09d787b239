package fugo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code Leaks CALLS}: makes this many calls of every kind in turn. The exit status is 1 if the process has grown, 2 if
 * a handle is left, and 3 if both. {@code Leaks CALLS leak} keeps prepared keys open and must exit with 3. It needs
 * Linux. Run it with a heap of fixed size that is touched in advance.
 */
final class Leaks {
    /** The growth of the process that is accepted after the warm-up. */
    private static final long ALLOWED_KIB = 16 * 1024;

    private static final int PAGE_KIB = 4;

    private final Scope scope = Scope.parse(Known.SCOPE);
    private final RootKey root = Known.root();
    private final ScopeKey scopeKey = Known.scopeKey(Known.SCOPE);
    private final SymbolKey key = Known.symbolKey(Known.SCOPE);
    private final ScopeKey eligibility = Known.scopeKey("eligibility/all/1");
    private final IssuerKey issuer = IssuerKey.of(eligibility);
    private final SymbolKey other = Known.symbolKey("agency/mof/1");
    private final MyNumber number = MyNumber.parse(Known.NUMBER);
    private final Symbol insurers = Symbol.of(Purpose.INSURERS, Known.bytes(Known.AGENCY));
    private final Lineage lineage = Lineage.of(List.of(new Lineage.Reissue(MyNumber.parse(Known.number(1)), number)));
    private final byte[] rows = Known.rows(4);
    private final byte[] spoilt = "123456789012".repeat(4).getBytes(StandardCharsets.US_ASCII);
    private final byte[] out = new byte[64];
    private final ByteBuffer direct = ByteBuffer.allocateDirect(48).put(rows).flip();
    private final ByteBuffer directOut = ByteBuffer.allocateDirect(64);
    private final byte[] plaintext = String.join(
                    "\n", "fugo-key 1", "kind: root", "use: test", "tag: 0e84213a", "key: " + Known.hex(Known.ROOT), "")
            .getBytes(StandardCharsets.US_ASCII);
    private final List<AutoCloseable> planted = new ArrayList<>();
    private long sum;

    public static void main(String[] arguments) throws IOException {
        Leaks leaks = new Leaks();
        long calls = Long.parseLong(arguments[0]);
        boolean leak = arguments.length > 1;
        long kept = Native.heldNow();
        leaks.make(calls / 5, false);
        System.gc();
        long before = residentKib();
        leaks.make(calls, leak);
        System.gc();
        long grown = residentKib() - before;
        long left = Native.heldNow() - kept;
        System.out.println(calls + " calls: grown by " + grown + " KiB, " + left + " handles left");
        if (leaks.sum == 0) {
            throw new AssertionError("the calls gave nothing");
        }
        System.exit((grown > ALLOWED_KIB ? 1 : 0) + (left != 0 ? 2 : 0));
    }

    private static long residentKib() throws IOException {
        return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]) * PAGE_KIB;
    }

    private void make(long calls, boolean leak) {
        for (long call = 0; call < calls; call++) {
            switch ((int) (call % 17)) {
                case 0, 1, 2 -> sum += key.symbol(number).hashCode();
                case 3 -> {
                    try (MyNumber parsed = MyNumber.parse(Known.NUMBER)) {
                        sum += parsed.hashCode();
                    }
                }
                case 4 -> sum += refused(() -> MyNumber.parse("123456789012"));
                case 5 -> {
                    try (RootKey made = RootKey.of(Known.ROOT);
                            ScopeKey derived = made.scopeKey(scope)) {
                        sum += derived.scope().epoch();
                    }
                }
                case 6 -> {
                    SymbolKey prepared = SymbolKey.of(scopeKey);
                    sum += prepared.tag().number();
                    if (leak) {
                        planted.add(prepared);
                    } else {
                        prepared.close();
                    }
                }
                case 7 -> {
                    key.symbols(rows, 0, out, 0, 4);
                    sum += out[0];
                }
                case 8 -> sum += key.convert(spoilt).faults().size();
                case 9 -> {
                    key.symbols(direct.rewind(), directOut.clear());
                    sum += directOut.get(0);
                }
                case 10 -> sum += key.symbols(List.of(Known.NUMBER)).get(0).hashCode();
                case 11 -> sum += key.parseText(key.text(key.symbol(number))).hashCode();
                case 12 -> {
                    try (Normalized normalized = Normalized.normalize("1234-5678-9018", LostZeros.REFUSE)) {
                        sum += normalized.changes().size();
                    }
                }
                case 13 -> {
                    try (KeyFile file = KeyFile.parse(plaintext);
                            Lineage none = Lineage.of(List.of())) {
                        sum += file.tag().number() + none.size();
                    }
                }
                case 14 -> sum += issuer.symbol(insurers).hashCode() + lineage.first(number).hashCode();
                case 15 -> {
                    try (Translation translation = Translation.of(key, other, out)) {
                        sum += translation.add(rows).size() + translation.symbols().size();
                    }
                }
                default -> {
                    sum += refused(() -> key.parseText("kikan1")) + refused(() -> SymbolKey.of(eligibility));
                    sum += root.tag().number();
                }
            }
        }
    }

    private static int refused(Runnable call) {
        try {
            call.run();
            throw new AssertionError("a call that must be refused was not");
        } catch (FugoException e) {
            return e.kind().length();
        }
    }
}
