import fugo.KeyFile;
import fugo.Lineage;
import fugo.Lineage.Reissue;
import fugo.MyNumber;
import fugo.ScopeKey;
import fugo.SymbolKey;
import fugo.Translation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** The phases of memory/search, in Java. Numbers are outside Java's heap, because its collector copies what is in it. */
class Program {
    private static final int ASKED = 10;

    private static void phase(String name) throws IOException {
        System.out.println(name);
        while (System.in.read() > '\n') {}
    }

    private static ByteBuffer read(String path) throws IOException {
        try (FileChannel file = FileChannel.open(Path.of(path))) {
            ByteBuffer bytes = ByteBuffer.allocateDirect(Math.toIntExact(file.size()));
            while (bytes.hasRemaining() && file.read(bytes) >= 0) {}
            return bytes.flip();
        }
    }

    private static void wipe(ByteBuffer bytes) {
        for (int at = 0; at < bytes.capacity(); at++) {
            bytes.put(at, (byte) 0);
        }
    }

    private static SymbolKey key(String path) {
        try (KeyFile file = KeyFile.loadTestKey(Path.of(path)); ScopeKey key = file.scopeKey()) {
            return SymbolKey.of(key);
        }
    }

    /** One pair at a time: an array that is wiped at once, before the collector runs. */
    private static Lineage lineage(String path) throws IOException {
        ByteBuffer digits = read(path);
        List<Reissue> pairs = new ArrayList<>();
        byte[] number = new byte[MyNumber.LENGTH];
        while (digits.hasRemaining()) {
            digits.get(number);
            MyNumber first = MyNumber.parse(number);
            digits.get(number);
            pairs.add(new Reissue(first, MyNumber.parse(number)));
        }
        java.util.Arrays.fill(number, (byte) 0);
        wipe(digits);
        Lineage lineage = Lineage.of(pairs);
        for (Reissue pair : pairs) {
            pair.number().close();
            pair.previous().close();
        }
        return lineage;
    }

    private static final CountDownLatch derived = new CountDownLatch(1), ended = new CountDownLatch(1);
    private static SymbolKey from, to;
    private static Lineage lineage;
    private static Translation translation;

    /** Opens the keys and derives, then waits for the end: another thread closes the keys, and this one's stack stays. */
    private static Void work(String[] arguments) throws IOException, InterruptedException {
        from = key(arguments[0]);
        to = key(arguments[1]);
        lineage = lineage(arguments[3]);
        ByteBuffer first = read(arguments[2]);
        byte[] asked = new byte[16 * ASKED];
        ByteBuffer symbols = ByteBuffer.allocateDirect(first.remaining() / MyNumber.LENGTH * 16);
        from.symbols(first, symbols.duplicate());
        symbols.get(0, asked);
        translation = Translation.of(from, to, asked);
        wipe(first);
        phase("opened");

        ByteBuffer roster = read(arguments[2]);
        phase("read");

        from.symbols(roster.duplicate(), symbols.duplicate());
        to.symbols(roster.duplicate(), symbols.duplicate(), lineage);
        translation.add(roster.duplicate(), lineage);
        translation.symbols();
        wipe(roster);
        phase("derived");
        derived.countDown();
        ended.await();
        return null;
    }

    public static void main(String[] arguments) throws Exception {
        phase("started");
        FutureTask<Void> work = new FutureTask<>(() -> work(arguments));
        new Thread(work).start();
        while (!derived.await(1, TimeUnit.SECONDS)) {
            if (work.isDone()) {
                work.get();
            }
        }
        translation.close();
        lineage.close();
        from.close();
        to.close();
        phase("closed");

        List<ByteBuffer> planted = List.of(read(arguments[0]), read(arguments[2]));
        phase("planted");
        if (planted.size() != 2) {
            throw new AssertionError();
        }
        ended.countDown();
        work.get();
    }
}
