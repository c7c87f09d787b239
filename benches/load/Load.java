import fugo.KeyFile;
import fugo.MyNumber;
import fugo.ScopeKey;
import fugo.SymbolKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Eight threads derive from one key, and every symbol is compared with that of {@code javax.crypto.Mac}:
 *
 * <pre>
 * Load KEYFILE SYMBOLS [planted]
 * </pre>
 *
 * Prints what load.rs prints.
 */
final class Load {
    private static final int THREADS = 8;
    private static final int BATCH = 1 << 14;
    private static final int SYMBOL = 16;
    private static final long BODIES = 100_000_000_000L;

    private static final AtomicLong NEXT = new AtomicLong();
    private static final AtomicLong DERIVED = new AtomicLong();
    private static final AtomicLong DIFFERING = new AtomicLong();
    /** Outside the heap, whose size is fixed. */
    private static final List<ByteBuffer> KEPT = new ArrayList<>();

    private Load() {}

    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[0]);
        long all = Long.parseLong(arguments[1]);
        boolean isPlanted = arguments.length > 2 && arguments[2].equals("planted");
        List<Long> samples = new ArrayList<>();
        try (KeyFile keyFile = KeyFile.loadTestKey(file);
                ScopeKey scopeKey = keyFile.scopeKey();
                SymbolKey key = SymbolKey.of(scopeKey)) {
            List<Thread> threads = new ArrayList<>();
            byte[] bytes = bytes(file);
            for (int i = 0; i < THREADS; i++) {
                threads.add(new Thread(() -> play(key, bytes, all, isPlanted)));
            }
            threads.forEach(Thread::start);
            while (threads.stream().anyMatch(Thread::isAlive)) {
                if (DERIVED.get() * 10 >= all * (samples.size() + 1)) {
                    samples.add(resident());
                }
                Thread.sleep(2);
            }
        }
        System.out.printf(
                "{\"derived\": %d, \"differing\": %d, \"resident\": %s}%n", DERIVED.get(), DIFFERING.get(), samples);
    }

    private static void play(SymbolKey key, byte[] bytes, long all, boolean isPlanted) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(bytes, "HmacSHA256"));
            byte[] body = new byte[MyNumber.LENGTH - 1];
            for (long first; (first = NEXT.getAndAdd(BATCH)) < all; ) {
                byte[] rows = new byte[(int) Math.min(BATCH, all - first) * MyNumber.LENGTH];
                for (int at = 0; at < rows.length; at += MyNumber.LENGTH) {
                    // Zeros are never issued.
                    write(first + 1 + at / MyNumber.LENGTH, body);
                    System.arraycopy(body, 0, rows, at, body.length);
                    rows[at + body.length] = (byte) ('0' + MyNumber.checkDigit(body));
                }
                byte[] symbols = key.symbols(rows);
                if (isPlanted) {
                    Arrays.fill(symbols, 0, SYMBOL, (byte) 7);
                    ByteBuffer kept = ByteBuffer.allocateDirect(1 << 16);
                    synchronized (KEPT) {
                        KEPT.add(kept);
                    }
                }
                long wrong = 0;
                for (int row = 0; row < rows.length / MyNumber.LENGTH; row++) {
                    mac.update(rows, row * MyNumber.LENGTH, MyNumber.LENGTH);
                    byte[] tag = mac.doFinal();
                    int at = row * SYMBOL;
                    wrong += Arrays.equals(tag, 0, SYMBOL, symbols, at, at + SYMBOL) ? 0 : 1;
                }
                DIFFERING.addAndGet(wrong);
                DERIVED.addAndGet(rows.length / MyNumber.LENGTH);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The digits of body number i; no body comes twice. */
    private static void write(long i, byte[] body) {
        long low = i % 100_000 * 9_876_543_211L % BODIES;
        long high = i / 100_000 % 1_000_000 * 43_211 % 1_000_000 * 100_000;
        long rest = (low + high) % BODIES;
        for (int at = body.length - 1; at >= 0; at--) {
            body[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    private static long resident() throws IOException {
        return 4096 * Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]);
    }

    /** The key of a plaintext file. */
    private static byte[] bytes(Path path) throws IOException {
        for (String line : Files.readAllLines(path, StandardCharsets.US_ASCII)) {
            if (line.startsWith("key: ")) {
                return HexFormat.of().parseHex(line.substring(5));
            }
        }
        throw new IllegalArgumentException("no plaintext key");
    }
}
