// SPDX-License-Identifier: MIT
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * libkam from Java by JNA: fits a book and scores each of its accounts.
 *   java -cp /usr/share/java/jna.jar -Djna.library.path=build/lib bindings/java/Score.java bindings/book.csv
 *
 * Records are arrays of the doubles of kam_account. Structs that libkam fills are
 * blocks larger than any of them: struct_size says how large, what it does not
 * know of is zero.
 */
public class Score {
    static final int FIELDS = 17; // of kam_account, repeat_orders .. log_gaps
    static final int RECORD = 8 * FIELDS, NO_DAY = Integer.MIN_VALUE, ENGLISH = 1;

    public interface Kam extends Library {
        int kam_accounts_of(Pointer record, long size, long n, Pointer view);
        int kam_fit(Pointer parts, long n, Pointer options, Pointer host, Pointer models, Pointer report, Pointer diag);
        int kam_score_one(Pointer record, long size, Pointer models, Pointer policy, int asOfDay, Pointer out,
                          Pointer diag);
        int kam_reason_text(Pointer reason, int language, Pointer text, long size, Pointer diag);
        String kam_status_text(int status);
    }

    static final Kam KAM = Native.load("kam", Kam.class);

    static void must(int status) {
        if (status != 0) throw new IllegalStateException(KAM.kam_status_text(status));
    }

    static Memory block() {
        Memory made = new Memory(8192);
        made.clear();
        made.setInt(0, 8192);
        return made;
    }

    /** An empty field is not known. */
    static void read(String line, Memory book, int row) {
        String[] cells = line.split(",", -1);
        for (int i = 0; i < FIELDS; i++) {
            boolean known = i + 1 < cells.length && !cells[i + 1].isEmpty();
            book.setDouble((long) RECORD * row + 8 * i, known ? Double.parseDouble(cells[i + 1]) : Double.NaN);
        }
    }

    public static void main(String[] words) throws Exception {
        List<String> lines = Files.readAllLines(Path.of(words[0]));
        int n = lines.size() - 1;
        Memory book = new Memory((long) RECORD * n);
        for (int row = 0; row < n; row++) read(lines.get(row + 1), book, row);
        Memory all = block(), models = block(), scores = block(), text = new Memory(160), why = new Memory(4 * 24);
        Memory tier = new Memory(4), value = new Memory(8), risk = new Memory(8);
        must(KAM.kam_accounts_of(book, RECORD, n, all));
        must(KAM.kam_fit(all, 1, null, null, models, null, null));
        scores.setPointer(8, tier); // offsets of kam_scores
        scores.setPointer(80, value);
        scores.setPointer(104, risk);
        scores.setPointer(112, why);
        for (int row = 0; row < n; row++) {
            must(KAM.kam_score_one(book.share((long) RECORD * row), RECORD, models, null, NO_DAY, scores, null));
            must(KAM.kam_reason_text(why.share(24), ENGLISH, text, 160, null));
            System.out.println(String.format("%s %d %016x %016x %.6f %s", lines.get(row + 1).split(",")[0],
                tier.getInt(0), Double.doubleToRawLongBits(value.getDouble(0)),
                Double.doubleToRawLongBits(risk.getDouble(0)), risk.getDouble(0), text.getString(0, "UTF-8")));
        }
    }
}
