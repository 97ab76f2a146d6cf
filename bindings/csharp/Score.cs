// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;

/// <summary>
/// libkam from C# by P/Invoke: fits a book and scores each of its accounts.
///   mcs -out:score.exe bindings/csharp/Score.cs; LD_LIBRARY_PATH=build/lib mono score.exe bindings/book.csv
///
/// Records are arrays of the doubles of kam_account. Structs that libkam fills are
/// blocks larger than any of them: struct_size says how large, what it does not
/// know of is zero.
/// </summary>
static class Score
{
    const int Fields = 17; // of kam_account, repeat_orders .. log_gaps
    const int Record = 8 * Fields, NoDay = int.MinValue, English = 1;

    [DllImport("kam")]
    static extern int kam_accounts_of(double[] record, ulong size, long n, IntPtr view);
    [DllImport("kam")]
    static extern int kam_fit(IntPtr parts, long n, IntPtr options, IntPtr host, IntPtr models, IntPtr report, IntPtr diag);
    [DllImport("kam")]
    static extern int kam_score_one(double[] record, ulong size, IntPtr models, IntPtr policy, int asOfDay, IntPtr scores,
                                    IntPtr diag);
    [DllImport("kam")]
    static extern int kam_reason_text(IntPtr reason, int language, byte[] text, ulong size, IntPtr diag);
    [DllImport("kam")]
    static extern IntPtr kam_status_text(int status);

    static void Must(int status)
    {
        if (status != 0) throw new InvalidOperationException(Marshal.PtrToStringAnsi(kam_status_text(status)));
    }

    /// <summary>Zeros that stay where they are.</summary>
    static IntPtr Zeros(int size)
    {
        IntPtr made = Marshal.AllocHGlobal(size);
        Marshal.Copy(new byte[size], 0, made, size);
        return made;
    }

    static IntPtr Block()
    {
        IntPtr made = Zeros(8192);
        Marshal.WriteInt32(made, 8192);
        return made;
    }

    /// <summary>An empty field is not known.</summary>
    static double[] Read(string line)
    {
        string[] cells = line.Split(',');
        double[] record = new double[Fields];
        for (int i = 0; i < Fields; i++)
            record[i] = i + 1 < cells.Length && cells[i + 1] != "" ? double.Parse(cells[i + 1], CultureInfo.InvariantCulture)
                                                                   : double.NaN;
        return record;
    }

    static int Main(string[] words)
    {
        string[] lines = File.ReadAllLines(words[0]);
        int n = lines.Length - 1;
        double[] book = new double[n * Fields];
        for (int row = 0; row < n; row++) Read(lines[row + 1]).CopyTo(book, row * Fields);
        IntPtr all = Block(), models = Block(), scores = Block(), why = Zeros(4 * 24);
        IntPtr tier = Zeros(4), value = Zeros(8), risk = Zeros(8);
        GCHandle held = GCHandle.Alloc(book, GCHandleType.Pinned); // the view points into it
        Must(kam_accounts_of(book, Record, n, all));
        Must(kam_fit(all, 1, IntPtr.Zero, IntPtr.Zero, models, IntPtr.Zero, IntPtr.Zero));
        held.Free();
        // of kam_scores: tier, then eight others, lifetime_value, its bounds, churn_risk, reasons
        Marshal.WriteIntPtr(scores, 8, tier);
        Marshal.WriteIntPtr(scores, 80, value);
        Marshal.WriteIntPtr(scores, 104, risk);
        Marshal.WriteIntPtr(scores, 112, why);
        byte[] text = new byte[160];
        for (int row = 0; row < n; row++)
        {
            Must(kam_score_one(Read(lines[row + 1]), Record, models, IntPtr.Zero, NoDay, scores, IntPtr.Zero));
            Must(kam_reason_text(IntPtr.Add(why, 24), English, text, 160, IntPtr.Zero));
            double chance = BitConverter.Int64BitsToDouble(Marshal.ReadInt64(risk));
            Console.WriteLine(string.Format(CultureInfo.InvariantCulture, "{0} {1} {2:x16} {3:x16} {4:F6} {5}",
                                            lines[row + 1].Split(',')[0], Marshal.ReadInt32(tier), Marshal.ReadInt64(value),
                                            Marshal.ReadInt64(risk), chance,
                                            Encoding.UTF8.GetString(text, 0, Array.IndexOf(text, (byte)0))));
        }
        return 0;
    }
}
