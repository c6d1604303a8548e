namespace Muxi.Llm.Tests;

/// <summary>A change of what callers see is a decision: it shows in a diff of its own.</summary>
public class Law07_The_public_API_is_listed
{
    public static TheoryData<string> Packages => [.. PublicApi.Packages.Keys];

    [Fact]
    public void The_listing_is_what_the_library_offers() => Compare("Muxi.Llm", PublicApi.OfLibrary);

    [Theory, MemberData(nameof(Packages))]
    public void The_listing_is_what_a_package_beside_it_offers(string name) => Compare(name, PublicApi.OfAssembly(PublicApi.Packages[name]));

    private static void Compare(string name, PublicApi api)
    {
        var (listing, now) = (Repo.PathTo("api", $"{name}.txt"), api.List());
        if (Environment.GetEnvironmentVariable("MUXI_LLM_ACCEPT_API") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(listing)!);
            File.WriteAllText(listing, now);
        }

        Law.Holds(Check(File.Exists(listing) ? File.ReadAllText(listing) : "", now), $"If callers are to see this, run ./test --accept-api and commit {Path.GetFileName(listing)} of api with the change.");
    }

    /// <summary>Its types would be promises that nobody has written down.</summary>
    [Fact]
    public void The_server_offers_no_API() => Assert.Empty(typeof(Muxi.Llm.Gateway.GatewayServer).Assembly.GetExportedTypes());

    [Fact]
    public void The_law_catches_a_planted_breach()
    {
        Law.Catches(Check("class A\n  void B()\n  int C { get; }\n", "class A\n  int C { get; }\n  void D()\n"), "  void B()", "  void D()");
        // A member of the same line under another type is another member.
        Law.Catches(Check("class A\n  void B()\nclass C\n", "class A\nclass C\n  void B()\n"), "  void B()");
    }

    [Fact]
    public void A_line_tells_all_that_a_caller_depends_on()
    {
        var listing = PublicApi.OfCode("""
            #nullable enable
            using System;
            using System.Collections.Generic;
            namespace N;
            public abstract record Shape(string Name, int? Size = null)
            {
                public required IReadOnlyList<string?> Tags { get; init; }
                public string? Note { get; internal set; }
                public int Count { get; private init; }
                public string this[int index] => "";
                public static implicit operator Shape?(string text) => null;
                public abstract T? Find<T>(ref readonly T like, params ReadOnlySpan<string> more) where T : class, new();
                protected virtual void Seen(bool on = true, string why = "a") { }
                protected internal event Action? Changed { add { } remove { } }
                internal void Hidden() { }
            }
            public readonly record struct Point(int X) { public const double Zero = 0.5; }
            public ref struct Window { }
            public enum Mood : byte { Good = 1, Bad }
            public interface IRead<out T, in U> : IDisposable where U : struct { T Read(U from); }
            public delegate bool Choose(string? it);
            public static class Adds { public static void Old(this Mood mood) { } }
            class Hidden { public class AlsoHidden; }
            """).List();

        Assert.Equal("""
            static class Adds
              static void Old(this Mood mood)
            delegate bool Choose(string? it)
            interface IRead<out T, in U> : IDisposable where U : struct
              T Read(U from)
            enum Mood : byte
              Bad = 2
              Good = 1
            readonly record struct Point
              Point(int X)
              int X { get; init; }
              const double Zero = 0.5
            abstract record Shape
              protected Shape(string Name, int? Size = null)
              protected event Action? Changed
              int Count { get; }
              abstract T? Find<T>(ref readonly T like, params ReadOnlySpan<string> more) where T : class, new()
              string Name { get; init; }
              string? Note { get; }
              protected virtual void Seen(bool on = true, string why = "a")
              int? Size { get; init; }
              required IReadOnlyList<string?> Tags { get; init; }
              static implicit operator Shape?(string text)
              string this[int index] { get; }
            ref struct Window

            """, listing, ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void What_a_class_adds_to_another_type_is_listed_under_it_as_an_extension() =>
        Assert.Contains("\n  extension(ChatCompletion) static ChatCompletion Create(string model, string prompt,", PublicApi.OfLibrary.List(), StringComparison.Ordinal);

    private static IEnumerable<Breach> Check(string listed, string now)
    {
        var (before, after) = (Lines(listed), Lines(now));
        return before.Except(after).Select(line => new Breach(line.Line, 0, $"was offered by {line.Type} and is gone"))
            .Concat(after.Except(before).Select(line => new Breach(line.Line, 0, $"is offered by {line.Type} and not listed")));
    }

    private static List<(string Type, string Line)> Lines(string listing)
    {
        var (lines, type) = (new List<(string, string)>(), "");
        foreach (var line in listing.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!line.StartsWith(' ')) type = line;
            lines.Add((type, line));
        }
        return lines;
    }
}
