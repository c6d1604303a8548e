namespace Muxi.Llm.Tests;

/// <summary>The hub's cache: where it is, what is found in it, and how it is laid out.</summary>
public sealed class HubCacheTests : IDisposable
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-hub");

    public void Dispose() => _folder.Delete(recursive: true);

    private HubCache Cache(Action<string, string>? link = null) => link is null ? new(Environment) : new(Environment) { Link = link };

    private string? Environment(string name) => name == "HF_HUB_CACHE" ? _folder.FullName : null;

    [Theory]
    [InlineData("HF_HUB_CACHE=/a/b", "/a/b")]
    [InlineData("HUGGINGFACE_HUB_CACHE=/old,HF_HOME=/h", "/old")]
    [InlineData("HF_HOME=/h", "/h/hub")]
    [InlineData("HF_HOME=~/hf,HOME=/home/me", "/home/me/hf/hub")]
    [InlineData("XDG_CACHE_HOME=/x,HOME=/home/me", "/x/huggingface/hub")]
    [InlineData("HOME=/home/me", "/home/me/.cache/huggingface/hub")]
    [InlineData("HF_HUB_CACHE= ,HOME=/home/me", "/home/me/.cache/huggingface/hub")]
    public void The_variables_say_where_it_is(string variables, string folder)
    {
        var set = variables.Split(',').Select(static one => one.Split('=')).ToDictionary(static one => one[0], static one => one[1]);

        Assert.Equal(Path.GetFullPath(folder), new HubCache(set.GetValueOrDefault).Folder);
    }

    [Fact]
    public void Bytes_are_placed_by_a_relative_link_and_found_by_branch_and_commit()
    {
        var cache = Cache();
        var blob = Blob(cache, "abc", "hello");
        var file = HubFile.Parse("hf:org/repo/sub/m.gguf");
        var path = cache.PathOf(file.Repository, Commit, file.Name);

        cache.Place(blob, path);
        Assert.Null(cache.Find(file));
        cache.Note(file, Commit);

        Assert.Equal(path, cache.Find(file));
        Assert.Equal(path, cache.Find(file with { Revision = Commit }));
        Assert.Null(cache.Find(file with { Revision = "other" }));
        Assert.Equal("../../../blobs/abc", new FileInfo(path).LinkTarget);
        Assert.Equal("hello", File.ReadAllText(path));
        Assert.Equal(Path.Combine(_folder.FullName, "models--org--repo", "snapshots", Commit, "sub", "m.gguf"), path);
        Assert.Equal(Commit, File.ReadAllText(Path.Combine(_folder.FullName, "models--org--repo", "refs", "main")));
    }

    [Fact]
    public void Where_no_links_can_be_made_the_bytes_are_moved()
    {
        var cache = Cache(static (_, _) => throw new UnauthorizedAccessException("no links here"));
        var blob = Blob(cache, "abc", "hello");
        var path = cache.PathOf("org/repo", Commit, "m.gguf");

        cache.Place(blob, path);
        cache.Place(blob, path);

        Assert.Equal("hello", File.ReadAllText(path));
        Assert.False(File.Exists(blob));
    }

    [Fact]
    public void A_link_whose_bytes_are_gone_is_no_file_and_is_made_anew()
    {
        var cache = Cache();
        var file = HubFile.Parse($"hf:org/repo/m.gguf@{Commit}");
        var blob = Blob(cache, "abc", "hello");
        cache.Place(blob, cache.PathOf("org/repo", Commit, "m.gguf"));
        File.Delete(blob);

        Assert.Null(cache.Find(file));
        cache.Place(Blob(cache, "def", "again"), cache.PathOf("org/repo", Commit, "m.gguf"));

        Assert.Equal("again", File.ReadAllText(cache.Find(file)!));
    }

    [Fact]
    public void A_model_in_parts_is_found_by_its_first_when_all_are_there()
    {
        var cache = Cache();
        var file = HubFile.Parse($"hf:org/repo:Q4_0@{Commit}");
        var first = cache.PathOf("org/repo", Commit, "q/m-Q4_0-00001-of-00002.gguf");
        cache.Place(Blob(cache, "a", "1"), first);

        Assert.Null(cache.Find(file));
        cache.Place(Blob(cache, "b", "2"), cache.PathOf("org/repo", Commit, "q/m-Q4_0-00002-of-00002.gguf"));

        Assert.Equal(first, cache.Find(file));
        Assert.Equal(first, cache.Find(HubFile.Parse($"hf:org/repo/q/m-Q4_0-00002-of-00002.gguf@{Commit}")));
    }

    [Fact]
    public void A_branch_that_names_no_commit_is_not_followed()
    {
        var cache = Cache();
        var refs = Directory.CreateDirectory(Path.Combine(_folder.FullName, "models--org--repo", "refs"));
        File.WriteAllText(Path.Combine(refs.FullName, "main"), "../../../etc");

        Assert.Null(cache.Find(HubFile.Parse("hf:org/repo/passwd")));
    }

    private static string Blob(HubCache cache, string etag, string text)
    {
        var path = cache.BlobOf("org/repo", etag);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
